using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Concentrator.Actors.Node;
using Concentrator.Ladders;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Concentrator.Http.Api;

/// <summary>
/// Server-sent events. A stream looks four times a second at what has changed and sends that: nothing is queued for anybody, so a client that reads slowly
/// misses steps that were overwritten meanwhile, and costs nothing; one that does not read at all is cut off by the server.
/// </summary>
internal sealed class EventRoutes(GatewayView view, StatusBoard board, ReadRoutes reads, CancellationToken stopping)
{
    private const int MostStreams = 64;
    private const int MostOldOnes = 8;
    private const int LooksPerSecond = 4;
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1.0 / LooksPerSecond);

    private int _streams;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/events", context => StreamAsync(context, WatchAsync));
        routes.MapGet("/api/v1/trace", context => StreamAsync(context, TraceAsync));
    }

    private async Task StreamAsync(HttpContext context, Func<HttpContext, CancellationToken, Task> send)
    {
        if (Interlocked.Increment(ref _streams) > MostStreams)
        {
            Interlocked.Decrement(ref _streams);
            await ReadRoutes.RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, "too many are watching: again later").ConfigureAwait(false);
            return;
        }

        try
        {
            context.Response.ContentType = "text/event-stream";
            using CancellationTokenSource ends = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
            await send(context, ends.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The client has gone, or we go.
        }
        finally
        {
            Interlocked.Decrement(ref _streams);
        }
    }

    /// <summary>For a page: status, cluster, rates, refusals; and of one IKE SA, where <c>ikeSa</c> names it, its state and its ladder.</summary>
    private async Task WatchAsync(HttpContext context, CancellationToken ends)
    {
        string? id = context.Request.Query["ikeSa"];
        long refusal = context.Request.Number("refusal");
        long step = 0;
        int ladderNumber = 0;
        using PeriodicTimer timer = new(Look);
        for (long look = 0; ; look++)
        {
            if (look % LooksPerSecond == 0)
            {
                (StatusModel status, ClusterModel cluster) = await board.LookAsync(ends).ConfigureAwait(false);
                await SendAsync(context, "status", status, ApiJson.Default.StatusModel, ends).ConfigureAwait(false);
                if (id is null)
                {
                    await SendAsync(context, "cluster", cluster, ApiJson.Default.ClusterModel, ends).ConfigureAwait(false);
                    await SendAsync(context, "rates", reads.Rates(), ApiJson.Default.RatesModel, ends).ConfigureAwait(false);
                }
                else if (await reads.DescribeAsync(id, ends).ConfigureAwait(false) is { } ikeSa)
                {
                    await SendAsync(context, "ike-sa", ikeSa, ApiJson.Default.IkeSaModel, ends).ConfigureAwait(false);
                }
            }

            if (reads.Refusals(refusal) is { Refusals.Count: > 0 } refusals)
            {
                refusal = refusals.Next;
                await SendAsync(context, "refusals", refusals, ApiJson.Default.RefusalListModel, ends).ConfigureAwait(false);
            }

            if (id is not null && reads.FindLadder(id) is { } ladder)
            {
                // A session id may come back, with a ladder of its own.
                if (ladder.Number != ladderNumber) step = 0;
                ladderNumber = ladder.Number;
                step = await SendNewAsync(context, ladder, step, ends).ConfigureAwait(false);
            }

            await context.Response.Body.FlushAsync(ends).ConfigureAwait(false);
            await timer.WaitForNextTickAsync(ends).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// For a terminal: the ladders of all IKE SAs that fit <c>q</c>, as they grow; of those that are over already the newest alone. With <c>once=1</c> it ends
    /// with what there is.
    /// </summary>
    private async Task TraceAsync(HttpContext context, CancellationToken ends)
    {
        string text = context.Request.Text("q");
        foreach (IkeSaSnapshot old in view.Node.Find(new IkeSaQuery(text, Limit: MostOldOnes)).IkeSas) view.Ladders.Watch(old.Session);
        Dictionary<int, long> told = [];
        foreach (Ladder past in reads.Ladders(text).Where(ladder => ladder.End is not null).Skip(1)) told[past.Number] = past.Next;
        using PeriodicTimer timer = new(Look);
        while (true)
        {
            foreach (Ladder ladder in reads.Ladders(text).Reverse())
                told[ladder.Number] = await SendNewAsync(context, ladder, told.GetValueOrDefault(ladder.Number), ends).ConfigureAwait(false);
            if (context.Request.Query["once"] == "1") return;
            // A comment: the client sees that it is still being served, and we that it is still there.
            await context.Response.WriteAsync(": \n\n", ends).ConfigureAwait(false);
            await context.Response.Body.FlushAsync(ends).ConfigureAwait(false);
            await timer.WaitForNextTickAsync(ends).ConfigureAwait(false);
        }
    }

    private static async Task<long> SendNewAsync(HttpContext context, Ladder ladder, long from, CancellationToken ends)
    {
        if (ladder.Next == from) return from;
        LadderModel model = Describe.Ladder(ladder, from);
        await SendAsync(context, "ladder", model, ApiJson.Default.LadderModel, ends).ConfigureAwait(false);
        return model.Next;
    }

    private static async Task SendAsync<T>(HttpContext context, string name, T value, JsonTypeInfo<T> type, CancellationToken ends)
    {
        await context.Response.WriteAsync($"event: {name}\ndata: ", ends).ConfigureAwait(false);
        await JsonSerializer.SerializeAsync(context.Response.Body, value, type, ends).ConfigureAwait(false);
        await context.Response.WriteAsync("\n\n", ends).ConfigureAwait(false);
    }
}
