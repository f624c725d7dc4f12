using System.Globalization;
using System.Net;
using Concentrator.Http.Api;
using Spectre.Console;

namespace Concentrator.Demo.Failover;

/// <summary>
/// The second act: a cluster of three nodes has many tunnels, one node is killed, and the peers are watched until each has been answered again. Shows what they saw,
/// and whether that is as it must be.
/// </summary>
internal sealed class FailoverPlayer(IAnsiConsole console, int tunnels = FailoverPlayer.Tunnels)
{
    public const int Tunnels = 300;

    private static readonly TimeSpan FormingTime = TimeSpan.FromSeconds(90), CallingTime = TimeSpan.FromSeconds(60), FailoverTime = TimeSpan.FromSeconds(60);

    /// <summary>True when every tunnel was kept and no peer had to authenticate again.</summary>
    public async Task<bool> PlayAsync(CancellationToken cancel)
    {
        console.MarkupLine($"[bold]A node is killed[/]  three nodes are one gateway, and {tunnels} peers have a tunnel to it");
        console.MarkupLine("    [grey]Sessions are stored before a peer can act upon them: another node takes over address, SAs and message ids (RFC 6311)[/]");
        FailoverStage stage = await FailoverStage.OpenAsync(tunnels, cancel).ConfigureAwait(false);
        await using (stage.ConfigureAwait(false))
        {
            try
            {
                FailoverReport report = await RunAsync(stage, cancel).ConfigureAwait(false);
                report.Write(console);
                return report.IsAsItMustBe;
            }
            catch (TimeoutException missed)
            {
                console.MarkupLine($"[red bold]{Markup.Escape(missed.Message)}[/]");
                return false;
            }
        }
    }

    private async Task<FailoverReport> RunAsync(FailoverStage stage, CancellationToken cancel)
    {
        TimeSpan formed = await stage.UntilAsync(() => stage.IsFormedAsync(cancel), "three nodes with an address each", FormingTime, cancel).ConfigureAwait(false);
        Tell($"{string.Join("; ", stage.Cluster.Select(node => node.Process))}: one cluster after {Seconds(formed)}");

        stage.Peers.CallAll();
        TimeSpan up = await stage.UntilAsync(() => Task.FromResult(stage.Peers.Up().Count == tunnels), $"{tunnels} tunnels", CallingTime, cancel).ConfigureAwait(false);
        Tell($"{tunnels} tunnels are up after {Seconds(up)}");

        StagedNode victim = stage.Cluster[1];
        NodeFace[] before = await SettledAsync(stage, cancel).ConfigureAwait(false);
        HashSet<IPAddress> lost = [.. before[1].Addresses.Select(IPAddress.Parse)];
        string[] struck = [.. stage.Peers.Tunnels.Where(tunnel => lost.Contains(tunnel.Gateway)).Select(tunnel => tunnel.Name)];
        Dictionary<string, (ulong, ulong)> spis = stage.Peers.Up();
        int authentications = stage.Peers.Ledger.Authentications;
        await victim.Process.KillAsync().ConfigureAwait(false);
        stage.Peers.Ledger.Mark();
        Tell($"{victim.Process} is killed with {struck.Length} tunnels");

        await stage.UntilAsync(() => Task.FromResult(stage.Peers.Tunnels.All(tunnel => stage.Peers.Ledger.AnsweredAfter(tunnel.Name) is not null)), "every peer to be answered again", FailoverTime, cancel).ConfigureAwait(false);
        NodeFace[] after = await SettledAsync(stage, cancel).ConfigureAwait(false);
        Dictionary<string, (ulong, ulong)> now = stage.Peers.Up();
        return new FailoverReport(before, after)
        {
            Tunnels = tunnels,
            Kept = spis.Count(tunnel => now.TryGetValue(tunnel.Key, out (ulong, ulong) same) && same == tunnel.Value),
            Authenticated = stage.Peers.Ledger.Authentications - authentications,
            Silences = [.. struck.Select(tunnel => stage.Peers.Ledger.AnsweredAfter(tunnel)!.Value).Order()],
        };
    }

    /// <summary>The nodes that live have all tunnels among themselves, and nothing half-open besides.</summary>
    private async Task<NodeFace[]> SettledAsync(FailoverStage stage, CancellationToken cancel)
    {
        NodeFace[] nodes = [];
        await stage.UntilAsync(
            async () => (nodes = await LookAsync(stage, cancel).ConfigureAwait(false)).Sum(node => node.IkeSas) == tunnels, $"nodes with {tunnels} tunnels", FailoverTime, cancel).ConfigureAwait(false);
        return nodes;
    }

    private static async Task<NodeFace[]> LookAsync(FailoverStage stage, CancellationToken cancel)
    {
        List<NodeFace> faces = [];
        foreach (StagedNode node in stage.Cluster)
        {
            ClusterModel? map = await node.LookAsync(cancel).ConfigureAwait(false);
            ClusterNodeModel? self = map?.Nodes.FirstOrDefault(member => member.IsSelf);
            faces.Add(new NodeFace(node.Process.Name, node.Process.Id, node.Process.IsDead, self?.ServiceAddresses ?? [], self?.Load?.IkeSas ?? 0));
        }

        return [.. faces];
    }

    private void Tell(string what) => console.MarkupLine($"  {Markup.Escape(what)}");

    private static string Seconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:F1} s");
}

/// <summary>A node as it describes itself.</summary>
internal sealed record NodeFace(string Name, int Process, bool IsDead, IReadOnlyList<string> Addresses, int IkeSas);
