using System.Reflection;
using Akka.Actor;
using Concentrator.Actors.ChildSa;
using Concentrator.Ike.Session;
using Concentrator.Kernel;

namespace Concentrator.Http.Api;

/// <summary>
/// What every open page wants to know each second, looked up once for all of them: however many look, the node is asked no more often.
/// </summary>
internal sealed class StatusBoard(GatewayView view, HttpOptions options, HttpRefusals refusals)
{
    private static readonly TimeSpan FreshFor = TimeSpan.FromMilliseconds(500);
    private static readonly string Version = typeof(StatusBoard).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";

    private readonly Lock _lock = new();
    private Task<(StatusModel Status, ClusterModel Cluster)>? _known;
    private DateTimeOffset _askedAt;

    public Task<(StatusModel Status, ClusterModel Cluster)> LookAsync(CancellationToken cancel)
    {
        lock (_lock)
        {
            DateTimeOffset now = DateTimeOffset.UtcNow;
            if (_known is null or { IsCompleted: true } && now - _askedAt > FreshFor) (_known, _askedAt) = (AskAsync(now), now);
            return _known!.WaitAsync(cancel);
        }
    }

    /// <summary>For everybody who waits, whoever of them goes.</summary>
    private async Task<(StatusModel Status, ClusterModel Cluster)> AskAsync(DateTimeOffset now)
    {
        TableCounts? counts = await CountAsync().ConfigureAwait(false);
        return (Describe(now, counts), Api.Describe.Cluster(view.Cluster.GetClusterMap()));
    }

    private StatusModel Describe(DateTimeOffset now, TableCounts? counts)
    {
        return new StatusModel(
            now,
            new NodeModel(Environment.MachineName, Version, view.StartedAt, [.. view.Node.Endpoints.Select(endpoint => endpoint.ToString())]),
            Sum(view.Node.CountIkeSas().Select(s => (s.State.DisplayName(), s.Count))),
            Sum(view.Node.CountChildSas().Select(s => (s.State.DisplayName(), s.Count))),
            new KernelModel(view.Node.KernelName, counts?.Sas, counts?.Policies, counts?.Reservations, counts?.Quarantined, [.. view.Node.RefusedAlgorithms.Order(StringComparer.Ordinal)]),
            view.Node.Drops.Snapshot().Where(drop => drop.Value > 0).ToDictionary(drop => drop.Key.ToString(), drop => drop.Value),
            view.Rates.Failures.ToDictionary(failure => failure.Key.ToString(), failure => failure.Value),
            refusals.Counts.ToDictionary(refusal => refusal.Key.ToString(), refusal => refusal.Value),
            new AccessModel(!options.IsLocal, options.Token is null ? [] : ActionRoutes.Names));
    }

    /// <summary>A kernel that is busy does not keep the page from showing the rest.</summary>
    private async Task<TableCounts?> CountAsync()
    {
        try
        {
            return await view.Node.CountKernelAsync().ConfigureAwait(false);
        }
        catch (AskTimeoutException)
        {
            return null;
        }
    }

    /// <summary>Several states have one name.</summary>
    private static Dictionary<string, int> Sum(IEnumerable<(string Name, int Count)> counts) =>
        counts.GroupBy(count => count.Name).ToDictionary(group => group.Key, group => group.Sum(count => count.Count));
}
