using System.Net;
using Concentrator.Actors.Routing;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Wire;

namespace Concentrator.Actors.Pools;

/// <summary>
/// The leases of one pool in memory. An identity gets the address back that it had; another gets one that nobody ever had, and where there is none the one that
/// is offline for longest. Nothing is kept for an address that nobody ever had, so a pool may be as large as IPv6 has it. Not thread-safe.
/// </summary>
internal sealed class AddressPool(PoolConfig config)
{
    /// <summary>So many identities that are gone are remembered; of more, those that are gone for longest are forgotten.</summary>
    private const int MostOffline = 100_000;

    private readonly Dictionary<IPAddress, AddressLease> _leases = [];
    private readonly Dictionary<Identity, List<AddressLease>> _byIdentity = [];
    private readonly LinkedList<AddressLease> _offline = new();

    /// <summary>The next address to be tried of those that nobody ever had.</summary>
    private UInt128 _cursor;

    public PoolConfig Config { get; private set; } = config;

    public int Online => _leases.Count - _offline.Count;

    public int Offline => _offline.Count;

    public IEnumerable<AddressLease> Leases => _leases.Values;

    /// <summary>What is told to its peers may change while it is in use, its addresses not: then this is false.</summary>
    public bool TryReplace(PoolConfig config)
    {
        if (config.Addresses != Config.Addresses && Online > 0) return false;
        if (config.Addresses != Config.Addresses) Clear();
        Config = config;
        return true;
    }

    /// <summary>Null where the family is another, or the pool is full.</summary>
    public IPAddress? Acquire(LeaseWish wish)
    {
        if (wish.Asked.AddressFamily != Config.Family) return null;
        AddressLease? lease = Held(wish) ?? Known(wish) ?? Asked(wish) ?? Fresh(wish) ?? Oldest(wish);
        if (lease is null) return null;
        if (lease.Waiting is { } waiting) _offline.Remove(waiting);
        lease.Waiting = null;
        lease.Peer = wish.Peer;
        if (!lease.Holders.Contains(wish.Session)) lease.Holders.Add(wish.Session);
        return lease.Address;
    }

    /// <summary>This IKE SA holds the address no more; whoever else holds it does.</summary>
    public void Release(SessionId session, IPAddress address)
    {
        if (!_leases.TryGetValue(address, out AddressLease? lease) || !lease.Holders.Remove(session) || lease.IsOnline) return;
        lease.Waiting = _offline.AddLast(lease);
        if (_offline.Count > MostOffline) Forget(_offline.First!.Value);
    }

    /// <summary>
    /// The one that an older IKE SA of this identity still holds: when that one is about to go, or when it is asked for by name from where it was leased, as in a
    /// reauthentication. Not else: one identity may be there several times.
    /// </summary>
    private AddressLease? Held(LeaseWish wish) => Of(wish.Identity)
        .Where(l => l.IsOnline && !l.Holders.Contains(wish.Session))
        .Where(l => wish.TakesOver || (l.Address.Equals(wish.Asked) && l.Peer.Equals(wish.Peer)))
        .OrderByDescending(l => l.Address.Equals(wish.Asked))
        .FirstOrDefault();

    private AddressLease? Known(LeaseWish wish) => Of(wish.Identity).Where(l => !l.IsOnline).OrderByDescending(l => l.Address.Equals(wish.Asked)).FirstOrDefault();

    private AddressLease? Asked(LeaseWish wish) => Config.Addresses.Contains(wish.Asked) && !_leases.ContainsKey(wish.Asked) ? Enter(wish.Asked, wish.Identity) : null;

    private AddressLease? Fresh(LeaseWish wish)
    {
        if (_leases.Count > 0 && (UInt128)(_leases.Count - 1) >= Config.Addresses.Span) return null;
        while (true)
        {
            IPAddress address = Config.Addresses.At(_cursor);
            _cursor = _cursor == Config.Addresses.Span ? 0 : _cursor + 1;
            if (!_leases.ContainsKey(address)) return Enter(address, wish.Identity);
        }
    }

    private AddressLease? Oldest(LeaseWish wish)
    {
        if (_offline.First?.Value is not { } oldest) return null;
        Forget(oldest);
        return Enter(oldest.Address, wish.Identity);
    }

    private AddressLease Enter(IPAddress address, Identity identity)
    {
        AddressLease lease = new(address, identity);
        _leases.Add(address, lease);
        if (_byIdentity.TryGetValue(identity, out List<AddressLease>? leases)) leases.Add(lease);
        else _byIdentity.Add(identity, [lease]);
        return lease;
    }

    private void Forget(AddressLease lease)
    {
        if (lease.Waiting is { } waiting) _offline.Remove(waiting);
        lease.Waiting = null;
        _leases.Remove(lease.Address);
        List<AddressLease> leases = _byIdentity[lease.Identity];
        leases.Remove(lease);
        if (leases.Count == 0) _byIdentity.Remove(lease.Identity);
    }

    private void Clear()
    {
        _leases.Clear();
        _byIdentity.Clear();
        _offline.Clear();
        _cursor = 0;
    }

    private List<AddressLease> Of(Identity identity) => _byIdentity.TryGetValue(identity, out List<AddressLease>? leases) ? leases : [];
}
