using System.Net;
using Concentrator.Actors.Routing;
using Concentrator.Kernel;

namespace Concentrator.Actors.Clustering.Addresses;

/// <summary>
/// The service addresses of the cluster, and who has them as far as this node was told. Shard s belongs to the address whose place in their order is s modulo their
/// number, so that an address and the sessions that came to it are on one node. Safe from any thread; reading takes no lock.
/// </summary>
internal sealed class AddressBoard
{
    private readonly IPAddress[] _addresses;
    private readonly UdpEndpoint[] _ends;
    private readonly LocalShards[] _shards;
    private IReadOnlyDictionary<IPAddress, string> _holders = new Dictionary<IPAddress, string>();
    private IReadOnlyDictionary<IPAddress, string> _heirs = new Dictionary<IPAddress, string>();
    private IPAddress[] _here = [];
    private IPAddress[] _moving = [];

    public AddressBoard(IEnumerable<ServiceAddress> addresses)
    {
        _addresses = [.. addresses.Select(one => one.Address).Distinct().Order(AddressLease.Order)];
        _ends = [.. _addresses.Select(address => UdpEndpoint.From(new IPEndPoint(address, 0)))];
        _shards = [.. _addresses.Select((_, place) => LocalShards.Of(Enumerable.Range(0, SessionId.ShardCount).Where(shard => shard % _addresses.Length == place).Select(shard => (byte)shard)))];
    }

    public bool IsEmpty => _addresses.Length == 0;

    public IReadOnlyList<IPAddress> All => _addresses;

    /// <summary>By address the node's key (<see cref="NodeKey"/>).</summary>
    public IReadOnlyDictionary<IPAddress, string> Holders
    {
        get => Volatile.Read(ref _holders);
        set => Volatile.Write(ref _holders, value);
    }

    /// <summary>Who is to have what nobody has, or a node that is not heard.</summary>
    public IReadOnlyDictionary<IPAddress, string> Heirs
    {
        get => Volatile.Read(ref _heirs);
        set => Volatile.Write(ref _heirs, value);
    }

    /// <summary>Those that this node has now.</summary>
    public IReadOnlyCollection<IPAddress> Here
    {
        get => Volatile.Read(ref _here);
        set => Volatile.Write(ref _here, [.. value]);
    }

    /// <summary>Those of this node that are about to go to another.</summary>
    public IReadOnlyCollection<IPAddress> Moving
    {
        get => Volatile.Read(ref _moving);
        set => Volatile.Write(ref _moving, [.. value]);
    }

    /// <summary>Whether a datagram came to an address of the cluster's that goes to another node, or that this one does not have any more, or not yet. Allocates nothing.</summary>
    public bool IsMoving(in UdpEndpoint local) => PlaceOf(local) is var place and >= 0 &&
        (Array.IndexOf(Volatile.Read(ref _here), _addresses[place]) < 0 || Array.IndexOf(Volatile.Read(ref _moving), _addresses[place]) >= 0);

    /// <summary>The shards that belong to an address of the cluster's.</summary>
    public LocalShards ShardsOf(IPAddress address) => _shards[Array.IndexOf(_addresses, address)];

    /// <summary>It is an address of the cluster's, and the shard belongs to another.</summary>
    public bool IsForeign(byte shard, IPAddress address) => Array.IndexOf(_addresses, address) is var place and >= 0 && !_shards[place].Contains(shard);

    /// <summary>The key of the node that has the shard's address; null: nobody is known to.</summary>
    public string? HolderOf(byte shard) => IsEmpty ? null : Holders.GetValueOrDefault(_addresses[shard % _addresses.Length]);

    /// <summary>The key of the node that will have it, when the one that has it is gone.</summary>
    public string? HeirOf(byte shard) => IsEmpty ? null : Heirs.GetValueOrDefault(_addresses[shard % _addresses.Length]);

    /// <summary>The shard's address is on another node than this one, where the shard will be as well in a moment.</summary>
    public bool FollowsItsAddress(byte shard, Akka.Actor.Address self) => HolderOf(shard) is { } holder && !NodeKey.IsAt(holder, self);

    /// <summary>What the node at this address of the cluster has.</summary>
    public IEnumerable<IPAddress> HeldBy(Akka.Actor.Address node) => _addresses.Where(address => Holders.TryGetValue(address, out string? holder) && NodeKey.IsAt(holder, node));

    /// <summary>The shards that belong to an address; null when it is none of the cluster's. Allocates nothing.</summary>
    public LocalShards? ShardsOf(in UdpEndpoint local) => PlaceOf(local) is var place and >= 0 ? _shards[place] : null;

    /// <summary>-1: it is none of the cluster's.</summary>
    private int PlaceOf(in UdpEndpoint local)
    {
        for (int place = 0; place < _ends.Length; place++)
        {
            if (_ends[place].Bits == local.Bits && _ends[place].IsIpv6 == local.IsIpv6) return place;
        }

        return -1;
    }
}
