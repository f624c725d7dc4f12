using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Cluster;
using Concentrator.Actors.Clustering.Addresses;
using Concentrator.Ike.Session;

namespace Concentrator.Actors.Placement;

/// <summary>To the router of a node: send this from one of your sockets. An empty message is a NAT keepalive.</summary>
internal sealed record TransmitHere(IkePath Path, ReadOnlyMemory<byte> Message) : Messages.INodeMessage;

/// <summary>The actors of other nodes that have a fixed name there, by the node's address. Safe from any thread; nothing here knows whether a node lives.</summary>
internal sealed class Neighbours(ActorSystem system)
{
    private readonly IActorRefProvider _provider = ((ExtendedActorSystem)system).Provider;
    private readonly ConcurrentDictionary<(Address Node, string Name), IActorRef> _known = new();

    /// <summary>How other nodes address this one.</summary>
    public Address Self => _provider.DefaultAddress;

    public IActorRef RouterOf(Address node) => Find(node, "router");

    public IActorRef ListingOf(Address node) => Find(node, "listing");

    public IActorRef KernelOf(Address node) => Find(node, "kernel");

    public IActorRef ConnectionsOf(Address node) => Find(node, "connections");

    public IActorRef HandOverOf(Address node) => Find(node, "hand-over");

    public IActorRef ServiceAddressesOf(Address node) => Find(node, "service-addresses");

    public IActorRef StatusOf(Address node) => Find(node, "status");

    public IActorRef DrainOf(Address node) => Find(node, "drain");

    /// <summary>Every other node that is in the cluster now, and not on its way out.</summary>
    public IEnumerable<Address> Others => Akka.Cluster.Cluster.Get(system).State.Members
        .Where(member => member.Status is MemberStatus.Up or MemberStatus.WeaklyUp or MemberStatus.Leaving)
        .Select(member => member.Address)
        .Where(address => !address.Equals(Self));

    /// <summary>Names addresses that are not ours; null for this node's own.</summary>
    public Address? Other(Address? node) => node is null || node.Equals(Self) ? null : node;

    /// <summary>Where the node of this key (<see cref="NodeKey"/>) is; null: it is not in the cluster any more.</summary>
    public Address? Find(string key) => NodeKey.IsAt(key, Self) ? Self : Others.FirstOrDefault(other => NodeKey.IsAt(key, other));

    private IActorRef Find(Address node, string name) =>
        _known.GetOrAdd((node, name), key => _provider.ResolveActorRef(new RootActorPath(key.Node) / "user" / key.Name));
}
