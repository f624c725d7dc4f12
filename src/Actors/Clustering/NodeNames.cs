using Akka.Cluster;
using Concentrator.Actors.Node;
using Microsoft.Extensions.Logging;
using AkkaCluster = Akka.Cluster.Cluster;

namespace Concentrator.Actors.Clustering;

/// <summary>A node's name travels with its membership, as a role, so that everybody knows everybody's.</summary>
internal static class NodeNames
{
    private const string Prefix = "node-";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8), Round = TimeSpan.FromMilliseconds(200);

    public static string RoleOf(string name) => Prefix + name;

    public static string Of(Member member) =>
        member.Roles.FirstOrDefault(role => role.StartsWith(Prefix, StringComparison.Ordinal)) is { } role ? role[Prefix.Length..] : "?";

    /// <summary>
    /// Returns when no older member has this node's name; one that died elsewhere, and comes back here, waits until the cluster has noticed.
    /// </summary>
    /// <exception cref="NodeStartException">It stays.</exception>
    public static async Task EnsureUniqueAsync(AkkaCluster cluster, string name, TimeProvider time, ILogger log, CancellationToken cancel)
    {
        long started = time.GetTimestamp();
        bool told = false;
        while (Namesake(cluster, name) is { } other)
        {
            string address = $"{other.Address.Host}:{other.Address.Port}";
            if (time.GetElapsedTime(started) >= Patience) throw new NodeStartException($"a node called {name} is in the cluster already, at {address}: give this one another --node-name");
            if (!told) log.NameTaken(address, name);
            told = true;
            await Task.Delay(Round, time, cancel).ConfigureAwait(false);
        }
    }

    private static Member? Namesake(AkkaCluster cluster, string name)
    {
        Member self = cluster.SelfMember;
        return cluster.State.Members.FirstOrDefault(member =>
            member.UniqueAddress != self.UniqueAddress && member.HasRole(RoleOf(name)) && member.IsOlderThan(self));
    }
}
