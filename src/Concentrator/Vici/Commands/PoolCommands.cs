using System.Globalization;
using Concentrator.Actors.Node;
using Concentrator.Actors.Pools;
using Concentrator.Configuration;
using Concentrator.Ike.Configuration;

namespace Concentrator.Vici.Commands;

/// <summary><c>load-pool</c>, <c>unload-pool</c> and <c>get-pools</c>: addresses inside the tunnel. A pool with addresses online keeps them, or the change is refused.</summary>
internal sealed class PoolCommands(ConcentratorNode node)
{
    public async Task<ViciWriter> GetAsync(ViciRequest request)
    {
        bool withLeases = request.Arguments.Flag("leases");
        ViciWriter writer = ViciWriter.Response();
        string? name = request.Arguments.Text("name");
        foreach (PoolSnapshot pool in await node.Pools.GetAsync(withLeases, request.Gone).ConfigureAwait(false))
        {
            if (name is not null && pool.Name != name) continue;
            writer.Begin(pool.Name)
                .Put("base", pool.Addresses.Start.ToString())
                .Put("size", pool.Size.ToString(CultureInfo.InvariantCulture))
                .Put("online", pool.Online)
                .Put("offline", pool.Offline);
            if (withLeases) WriteLeases(writer, pool.Leases);
            writer.End();
        }

        return writer;
    }

    public async Task<ViciWriter> LoadAsync(ViciRequest request)
    {
        IReadOnlyList<PoolConfig> others = node.Configuration.Pools;
        List<PoolConfig?> pools = ViciSettings.BindAll(request.Arguments, "pools", (s, mistakes) => PoolBinder.BindOne(s.Section, others.Where(p => p.Name != s.Section.Name), mistakes));
        foreach (PoolConfig? pool in pools)
        {
            if (await node.Pools.LoadAsync(pool!, request.Gone).ConfigureAwait(false) is { } refusal) throw new ViciException(refusal);
            await node.ReconfigureAsync(config => config.With(pool!), request.Gone).ConfigureAwait(false);
        }

        return ViciCommands.Done();
    }

    public async Task<ViciWriter> UnloadAsync(ViciRequest request)
    {
        string name = request.Arguments.Required("name", "missing pool name");
        if (!node.Configuration.Pools.Any(pool => pool.Name == name)) throw new ViciException($"{name} not found");
        if (await node.Pools.UnloadAsync(name, request.Gone).ConfigureAwait(false) is { } refusal) throw new ViciException(refusal);
        await node.ReconfigureAsync(config => config.WithoutPool(name), request.Gone).ConfigureAwait(false);
        return ViciCommands.Done();
    }

    private static void WriteLeases(ViciWriter writer, IReadOnlyList<LeaseSnapshot> leases)
    {
        writer.Begin("leases");
        for (int i = 0; i < leases.Count; i++)
        {
            writer.Begin(i.ToString(CultureInfo.InvariantCulture))
                .Put("address", leases[i].Address.ToString())
                .Put("identity", leases[i].Identity)
                .Put("status", leases[i].IsOnline ? "online" : "offline")
                .End();
        }

        writer.End();
    }
}
