using System.Net;
using Concentrator.Actors.Routing;
using Concentrator.Kernel;

namespace Concentrator.Actors.Tests.Clustering.Addresses;

/// <summary>Whole nodes: each has its share of the addresses, and the shards are where their addresses are.</summary>
public class AddressNodesTests
{
    private static readonly ServiceAddress[] Addresses = [.. Enumerable.Range(1, 3).Select(i => new ServiceAddress(IPAddress.Parse($"127.0.2.{100 + i}"), 8, "lo"))];

    [Fact]
    public async Task Shards_follow_addresses_when_nodes_come_and_when_one_is_killed()
    {
        AddressSegment segment = new();
        await using NodeCluster cluster = await new NodeCluster
        {
            Vary = (number, options) => options with { ServiceAddresses = Addresses, OpenServiceAddresses = () => segment.Open($"n{number}") },
        }.StartAsync(3);

        await AwaitAsync(cluster, () => cluster.Living.All(node => segment.Of(node.Name).Count == 1) && cluster.Living.All(node => HasShardsOfItsAddresses(node, segment)));

        await NodeCluster.KillAsync(cluster.Nodes[2]);
        await AwaitAsync(cluster, () => cluster.Living.Sum(node => segment.Of(node.Name).Count) == 3 && cluster.Living.All(node => HasShardsOfItsAddresses(node, segment)));
    }

    [Fact]
    public async Task A_node_alone_has_all_addresses_and_gives_them_back_when_it_stops()
    {
        AddressSegment segment = new();
        await using NodeCluster cluster = await new NodeCluster
        {
            Vary = (_, options) => options with { ServiceAddresses = Addresses, OpenServiceAddresses = () => segment.Open("n0") },
        }.StartAsync(1);

        await AwaitAsync(cluster, () => segment.Of("n0").Count == 3);
        await cluster.Nodes[0].Node.StopAsync();
        Assert.Empty(segment.Of("n0"));
    }

    /// <summary>Of 256 shards in the order of their addresses each third is one's. A node whose sockets do not hear all addresses has sockets of these.</summary>
    private static bool HasShardsOfItsAddresses(ClusterNode node, AddressSegment segment)
    {
        if (!Addresses.Select(one => one.Address).Where(address => node.Node.Endpoints.Count(end => end.Address.Equals(address)) == 2).ToHashSet().SetEquals(segment.Of(node.Name))) return false;
        int[] places = [.. segment.Of(node.Name).Select(address => Array.FindIndex(Addresses, one => one.Address.Equals(address)))];
        LocalShards here = node.Node.Context.Shards.Current;
        return Enumerable.Range(0, SessionId.ShardCount).All(shard => here.Contains((byte)shard) == places.Contains(shard % Addresses.Length));
    }

    private static Task AwaitAsync(NodeCluster cluster, Func<bool> isSo) =>
        cluster.AwaitAsync(isSo, () => string.Join(", ", cluster.Living.Select(node => $"{node.Name}: {node.Node.Context.Shards.Current.Count} shards")));
}
