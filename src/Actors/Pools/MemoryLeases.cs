using System.Net;
using Concentrator.Actors.Routing;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Session;

namespace Concentrator.Actors.Pools;

/// <summary>The leases of a node that has nobody to share them with. They live as long as it does. Not thread-safe.</summary>
internal sealed class MemoryLeases : ILeases
{
    private readonly OrderedDictionary<string, AddressPool> _pools = [];
    private readonly Dictionary<SessionId, List<(AddressPool Pool, IPAddress Address)>> _held = [];

    public ValueTask<string?> LoadAsync(PoolConfig pool)
    {
        if (!_pools.TryGetValue(pool.Name, out AddressPool? known)) _pools.Add(pool.Name, new AddressPool(pool));
        else if (!known.TryReplace(pool)) return new($"in use: {known.Online} of its addresses are online");
        return new((string?)null);
    }

    public ValueTask<string?> UnloadAsync(string pool)
    {
        if (_pools.TryGetValue(pool, out AddressPool? known) && known.Online > 0) return new($"in use: {known.Online} of its addresses are online");
        _pools.Remove(pool);
        return new((string?)null);
    }

    public ValueTask<IReadOnlyList<Lease>[]> LeaseAsync(IReadOnlyList<LeaseFor> wishes) => new([.. wishes.Select(Lease)]);

    public ValueTask ReleaseAsync(IReadOnlyList<SessionId> sessions)
    {
        foreach (SessionId session in sessions)
        {
            if (!_held.Remove(session, out List<(AddressPool Pool, IPAddress Address)>? held)) continue;
            foreach ((AddressPool pool, IPAddress address) in held) pool.Release(session, address);
        }

        return default;
    }

    public ValueTask TidyAsync() => default;

    public ValueTask<PoolSnapshot[]> ListAsync(bool withLeases) => new([.. _pools.Values.Select(pool => Show(pool, withLeases))]);

    private List<Lease> Lease(LeaseFor wanted)
    {
        LeaseAddresses wish = wanted.Wish;
        List<Lease> leases = [];
        foreach (IPAddress asked in wish.Asked)
        {
            foreach (AddressPool pool in wish.Pools.Select(name => _pools.GetValueOrDefault(name)).OfType<AddressPool>())
            {
                if (pool.Acquire(new LeaseWish(wanted.Session, asked, wish.Identity, wish.Peer, wish.TakesOver)) is not { } address) continue;
                if (_held.TryGetValue(wanted.Session, out List<(AddressPool Pool, IPAddress Address)>? held)) held.Add((pool, address));
                else _held.Add(wanted.Session, [(pool, address)]);
                leases.Add(new Lease(pool.Config.Name, address));
                break;
            }
        }

        return leases;
    }

    private static PoolSnapshot Show(AddressPool pool, bool withLeases) => new(
        pool.Config.Name,
        pool.Config.Addresses,
        pool.Config.Addresses.Span + 1,
        pool.Online,
        pool.Offline,
        withLeases ? [.. pool.Leases.Select(l => new LeaseSnapshot(l.Address, l.Identity.ToString(), l.IsOnline))] : []);
}
