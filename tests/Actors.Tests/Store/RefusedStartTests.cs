using Concentrator.Actors.ChildSa;
using Concentrator.Actors.Node;
using Concentrator.Actors.Store;
using Concentrator.Actors.Tests.Clustering;
using Concentrator.Actors.Tests.Node;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Session;
using Concentrator.Kernel;

namespace Concentrator.Actors.Tests.Store;

/// <summary>Nodes that must not start: why is said, and the tunnels that are there lose nothing by it.</summary>
public sealed class RefusedStartTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("sun", false, false, "lives, and has the same name")]
    [InlineData("twin", true, false, "lives, and has the same address")]
    [InlineData("twin", false, true, "lives, and has other keys")]
    public async Task A_twin_of_a_living_node_is_refused_and_takes_none_of_its_tunnels(string name, bool atSameAddress, bool hasOtherKey, string said)
    {
        string database = server.CreateDatabase(), key = KeyRing.NewLine();
        ushort port = NodeCluster.FreePort();
        await using NodePair pair = new() { SunOptions = options => Stored(options, database, key, "sun", port), StartAction = ChildAction.Start };
        await pair.EstablishAsync();
        await Wait.UntilAsync(() => pair.Sun.Context.Sessions.Entries.All(entry => entry.Stored.IsCurrent), "it is stored");
        IkeSaSnapshot suns = Assert.Single(pair.Sun.IkeSas);

        using MemoryXfrmBackend kernel = new();
        NodeStartException refused = await Assert.ThrowsAsync<NodeStartException>(() => pair.StartSecondSunAsync(
            options => Stored(options, database, hasOtherKey ? KeyRing.NewLine() : key, name, atSameAddress ? port : NodeCluster.FreePort()), kernel, new EventLog("twin")));
        Assert.Contains(said, refused.Message, StringComparison.Ordinal);
        Assert.Contains($"node 'sun' at 127.0.0.1:{port}", refused.Message, StringComparison.Ordinal);
        Assert.Empty(kernel.History);

        // What it does from now on is still stored in its name.
        pair.Sun.Rekey(suns.Session);
        await pair.SunEvents.NextAsync<IkeSaHappened>(happened => happened.Event is IkeSaRekeyed, "it goes on");
        await Wait.UntilAsync(() => pair.Sun.Context.Sessions.Entries.All(entry => entry.Stored.IsCurrent), "it is stored as it is");
        Assert.Equal(0, pair.Sun.Store!.Fenced);
        Assert.Equal(suns.Session, Assert.Single(pair.Sun.IkeSas).Session);
        Assert.Equal(2, pair.SunKernel.DumpSas().Count);
    }

    [Fact]
    public async Task A_file_that_was_cut_ends_the_start_and_the_whole_one_goes_on()
    {
        string folder = Directory.CreateTempSubdirectory("concentrator-cut-").FullName;
        try
        {
            StoreOptions store = new() { Sqlite = Path.Combine(folder, "sessions.db"), KeyText = KeyRing.NewLine() };
            await using NodePair pair = new() { SunOptions = options => options with { Store = store }, StartAction = ChildAction.Start };
            await pair.EstablishAsync();
            await Wait.UntilAsync(() => pair.Sun.Context.Sessions.Entries.All(entry => entry.Stored.IsCurrent), "it is stored");
            IkeSaSnapshot moons = Assert.Single(pair.Moon.IkeSas);
            await pair.KillSunAsync();
            Dictionary<string, byte[]> whole = Directory.GetFiles(folder).ToDictionary(file => file, File.ReadAllBytes);

            foreach (string log in whole.Keys.Where(file => file != store.Sqlite)) File.Delete(log);
            await using (FileStream cut = File.OpenWrite(store.Sqlite)) cut.SetLength((cut.Length / 2) + 100);
            byte[] half = await File.ReadAllBytesAsync(store.Sqlite, Cancel);
            NodeStartException refused = await Assert.ThrowsAsync<NodeStartException>(pair.ReviveSunAsync);
            Assert.Contains($"session store: {store.Sqlite}", refused.Message, StringComparison.Ordinal);
            Assert.Equal(half, await File.ReadAllBytesAsync(store.Sqlite, Cancel));
            Assert.Equal(2, pair.SunKernel.DumpSas().Count);

            foreach ((string file, byte[] octets) in whole) await File.WriteAllBytesAsync(file, octets, Cancel);
            await pair.ReviveSunAsync();
            await pair.SunEvents.NextAsync<ChildSaStateChanged>(change => change.To == ChildSaState.Installed, "child is back");
            Assert.Equal((moons.LocalSpi, moons.RemoteSpi), (Assert.Single(pair.Moon.IkeSas).LocalSpi, pair.Moon.IkeSas[0].RemoteSpi));
            Assert.Equal(moons.LocalSpi, Assert.Single(pair.Sun.IkeSas).RemoteSpi);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static NodeOptions Stored(NodeOptions options, string database, string key, string name, ushort port) => options with
    {
        Store = new StoreOptions { Postgres = database, KeyText = key },
        Cluster = options.Cluster with { Name = name, Port = port },
    };
}
