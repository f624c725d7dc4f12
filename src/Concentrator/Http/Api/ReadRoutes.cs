using System.Text.Json.Serialization.Metadata;
using Concentrator.Actors.Node;
using Concentrator.Ladders;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Concentrator.Http.Api;

/// <summary>What can be read: <c>/api/v1/status</c>, <c>cluster</c>, <c>rates</c>, <c>refusals</c>, <c>ike-sas</c>, an IKE SA, its ladder, all ladders.</summary>
internal sealed class ReadRoutes(GatewayView view, StatusBoard board) : IDisposable
{
    private const int MostSearches = 2;
    private const int MostWaiting = 16;
    private const int LargestPage = 200;
    private const int LongestText = 200;

    /// <summary>A search looks at every IKE SA: it is not for those who ask to take the processors from the tunnels.</summary>
    private readonly SemaphoreSlim _searches = new(MostSearches);
    private int _waiting;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/status", async context => await AnswerAsync(context, (await board.LookAsync(context.RequestAborted).ConfigureAwait(false)).Status, ApiJson.Default.StatusModel).ConfigureAwait(false));
        routes.MapGet("/api/v1/cluster", async context => await AnswerAsync(context, (await board.LookAsync(context.RequestAborted).ConfigureAwait(false)).Cluster, ApiJson.Default.ClusterModel).ConfigureAwait(false));
        routes.MapGet("/api/v1/rates", context => AnswerAsync(context, Rates(), ApiJson.Default.RatesModel));
        routes.MapGet("/api/v1/refusals", context => AnswerAsync(context, Refusals(context.Request.Number("from")), ApiJson.Default.RefusalListModel));
        routes.MapGet("/api/v1/ike-sas", SearchAsync);
        routes.MapGet("/api/v1/ike-sas/{id}", ShowAsync);
        routes.MapGet("/api/v1/ike-sas/{id}/ladder", LadderAsync);
        routes.MapGet("/api/v1/ladders", context => AnswerAsync(
            context, new LadderListModel([.. Ladders(context.Request.Text("q")).Take(LargestPage).Select(Describe.Head)]), ApiJson.Default.LadderListModel));
    }

    public void Dispose() => _searches.Dispose();

    public RatesModel Rates() => new(Telemetry.RateHistory.Interval.TotalSeconds, [.. view.Rates.Read().Select(Describe.Rate)]);

    public RefusalListModel Refusals(long from)
    {
        (IReadOnlyList<(long Number, KernelRefused Refusal)> refusals, long next) = view.Refusals.Read(from);
        return new RefusalListModel([.. refusals.Select(r => Describe.Refusal(r.Number, r.Refusal))], next);
    }

    /// <summary>Those recorded that fit, newest first.</summary>
    public IEnumerable<Ladder> Ladders(string text)
    {
        IkeSaQuery query = new(text);
        return view.Ladders.Ladders.Where(ladder => query.Fits(ladder.Face ?? Nameless(ladder.IkeSa)));
    }

    /// <summary>As it is, or as it last was; null: nobody knows it.</summary>
    public async Task<IkeSaModel?> DescribeAsync(string id, CancellationToken cancel)
    {
        if (!SessionIds.TryParse(id, out Actors.Routing.SessionId session)) return null;
        Ladder? ladder = view.Ladders.Watch(session);
        if (view.Node.Find(session) is not { } ikeSa)
            return ladder is null ? null : Describe.IkeSa(ladder.Face ?? Nameless(ladder.IkeSa), null, ladder.End);
        return Describe.IkeSa(ikeSa, await TrafficAsync(ikeSa, cancel).ConfigureAwait(false), null);
    }

    public Ladder? FindLadder(string id) => SessionIds.TryParse(id, out Actors.Routing.SessionId session) ? view.Ladders.Watch(session) : null;

    public static Task AnswerAsync<T>(HttpContext context, T model, JsonTypeInfo<T> type) => context.Response.WriteAsJsonAsync(model, type, cancellationToken: context.RequestAborted);

    public static Task RefuseAsync(HttpContext context, int status, string why)
    {
        context.Response.StatusCode = status;
        return AnswerAsync(context, new ErrorModel(why), ApiJson.Default.ErrorModel);
    }

    private async Task SearchAsync(HttpContext context)
    {
        HttpRequest request = context.Request;
        string text = request.Text("q");
        IkeSaQuery query = new(
            text, request.Query["state"] is [{ Length: > 0 } state] ? state : null, (int)Math.Min(request.Number("offset"), int.MaxValue),
            (int)Math.Clamp(request.Number("limit", 50), 1, LargestPage), request.Query["order"] != "oldest");
        if (text.Length > LongestText)
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest, $"no more than {LongestText} characters are looked for").ConfigureAwait(false);
            return;
        }

        if (Interlocked.Increment(ref _waiting) > MostWaiting)
        {
            Interlocked.Decrement(ref _waiting);
            await RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, "too many are searching: again later").ConfigureAwait(false);
            return;
        }

        IkeSaPage page;
        try
        {
            await _searches.WaitAsync(context.RequestAborted).ConfigureAwait(false);
            try
            {
                page = view.Node.Find(query);
            }
            finally
            {
                _searches.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }

        await AnswerAsync(
            context, new IkeSaPageModel(page.Total, page.Fitting, query.Offset, query.Limit, [.. page.IkeSas.Select(Describe.Row)]), ApiJson.Default.IkeSaPageModel).ConfigureAwait(false);
    }

    private async Task ShowAsync(HttpContext context)
    {
        if (await DescribeAsync((string)context.Request.RouteValues["id"]!, context.RequestAborted).ConfigureAwait(false) is { } ikeSa)
            await AnswerAsync(context, ikeSa, ApiJson.Default.IkeSaModel).ConfigureAwait(false);
        else
            await RefuseAsync(context, StatusCodes.Status404NotFound, "no such IKE_SA").ConfigureAwait(false);
    }

    private Task LadderAsync(HttpContext context) => FindLadder((string)context.Request.RouteValues["id"]!) is { } ladder
        ? AnswerAsync(context, Describe.Ladder(ladder, context.Request.Number("from")), ApiJson.Default.LadderModel)
        : RefuseAsync(context, StatusCodes.Status404NotFound, "no ladder of such an IKE_SA");

    /// <summary>Null: the kernel did not say in time.</summary>
    private async Task<IReadOnlyDictionary<uint, ChildTraffic>?> TrafficAsync(IkeSaSnapshot ikeSa, CancellationToken cancel)
    {
        try
        {
            return await view.Node.GetTrafficAsync(ikeSa, cancel).ConfigureAwait(false);
        }
        catch (Akka.Actor.AskTimeoutException)
        {
            return null;
        }
    }

    /// <summary>All that is known of an IKE SA which nobody looked at while it lived.</summary>
    private static IkeSaSnapshot Nameless(IkeSaName ikeSa) => new(
        ikeSa.Session, ikeSa.Name, ikeSa.Number, Ike.Session.IkeSaState.Destroyed, true, 0, 0, null, null, null, null, []);
}
