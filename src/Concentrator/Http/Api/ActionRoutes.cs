using System.Globalization;
using Concentrator.Actors.Draining;
using Concentrator.Actors.Node;
using Concentrator.Actors.Routing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Concentrator.Http.Api;

/// <summary>
/// What an operator may do: POST to an IKE SA, or to a child of one, what shall become of it. Answered 202 as soon as it is asked for: what comes of it is
/// seen in the ladder. The guard has seen the token.
/// </summary>
internal sealed class ActionRoutes(GatewayView view, ILogger log)
{
    public static IReadOnlyList<string> Names { get; } = ["terminate", "rekey"];

    private static readonly Action<ILogger, string, string, string, Exception?> Asked =
        LoggerMessage.Define<string, string, string>(LogLevel.Information, new EventId(810), "{Remote} asks over HTTP to {Action} {Subject}");

    private static readonly Action<ILogger, string, string, Exception?> NotDrained =
        LoggerMessage.Define<string, string>(LogLevel.Warning, new EventId(811), "node {Node} is not drained: {Why}");

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/api/v1/ike-sas/{id}/{action}", OnIkeSaAsync);
        routes.MapPost("/api/v1/ike-sas/{id}/child-sas/{child}/{action}", OnChildAsync);
        routes.MapPost("/api/v1/cluster/{node}/{action}", OnNodeAsync);
    }

    private async Task OnIkeSaAsync(HttpContext context)
    {
        if (FindIkeSa(context) is not { } ikeSa)
        {
            await ReadRoutes.RefuseAsync(context, StatusCodes.Status404NotFound, "no such IKE_SA").ConfigureAwait(false);
            return;
        }

        bool isForced = context.Request.Query["force"] == "1";
        Action<SessionId>? act = Action(context) switch
        {
            "terminate" => isForced ? view.Node.Abandon : view.Node.Close,
            "rekey" => view.Node.Rekey,
            _ => null,
        };
        await ActAsync(context, $"IKE_SA {new IkeSaName(ikeSa.Session, ikeSa.Name, ikeSa.Number)}", act is null ? null : () => act(ikeSa.Session)).ConfigureAwait(false);
    }

    private async Task OnChildAsync(HttpContext context)
    {
        ChildSaSnapshot? child = uint.TryParse((string)context.Request.RouteValues["child"]!, NumberStyles.None, CultureInfo.InvariantCulture, out uint id)
            ? FindIkeSa(context)?.Children.FirstOrDefault(child => child.ChildId == id)
            : null;
        if (child is null || FindIkeSa(context) is not { } ikeSa)
        {
            await ReadRoutes.RefuseAsync(context, StatusCodes.Status404NotFound, "no such CHILD_SA").ConfigureAwait(false);
            return;
        }

        Action<SessionId, uint>? act = Action(context) switch
        {
            "terminate" => view.Node.CloseChild,
            "rekey" => view.Node.RekeyChild,
            _ => null,
        };
        await ActAsync(context, $"CHILD_SA {new ChildSaName(child.Name, child.Number)}", act is null ? null : () => act(ikeSa.Session, child.ChildId)).ConfigureAwait(false);
    }

    /// <summary>Draining takes its time; the cluster map shows how it goes, and the log of the node what came of it.</summary>
    private async Task OnNodeAsync(HttpContext context)
    {
        string name = (string)context.Request.RouteValues["node"]!;
        if (!view.Cluster.GetClusterMap().Nodes.Any(node => node.Address == name))
        {
            await ReadRoutes.RefuseAsync(context, StatusCodes.Status404NotFound, "no such node").ConfigureAwait(false);
            return;
        }

        DrainWish? wish = Action(context) switch
        {
            "drain" => new DrainWish { Force = context.Request.Query["force"] == "1" },
            "undrain" => new DrainWish { Undo = true },
            _ => null,
        };
        await ActAsync(context, $"node {name}", wish is null ? null : () => _ = DrainAsync(name, wish)).ConfigureAwait(false);
    }

    private async Task DrainAsync(string name, DrainWish wish)
    {
        try
        {
            await view.Node.DrainAsync(name, wish).ConfigureAwait(false);
        }
        catch (RequestRefusedException refused)
        {
            NotDrained(log, name, refused.Message, null);
        }
    }

    private async Task ActAsync(HttpContext context, string subject, Action? act)
    {
        if (act is null)
        {
            await ReadRoutes.RefuseAsync(context, StatusCodes.Status404NotFound, $"no such action: {string.Join(", ", Names)}").ConfigureAwait(false);
            return;
        }

        Asked(log, context.Connection.RemoteIpAddress?.ToString() ?? "?", Action(context), subject, null);
        act();
        context.Response.StatusCode = StatusCodes.Status202Accepted;
        await ReadRoutes.AnswerAsync(context, new AcceptedModel(true, $"{Action(context)} {subject}"), ApiJson.Default.AcceptedModel).ConfigureAwait(false);
    }

    private static string Action(HttpContext context) => (string)context.Request.RouteValues["action"]!;

    private IkeSaSnapshot? FindIkeSa(HttpContext context) =>
        SessionIds.TryParse((string)context.Request.RouteValues["id"]!, out SessionId session) ? view.Node.Find(session) : null;
}
