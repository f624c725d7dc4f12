using Concentrator.Actors.ChildSa;
using Concentrator.Actors.Node;
using Concentrator.Actors.Routing;
using Concentrator.Actors.Store;
using Concentrator.Actors.Tests.Node;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Session;
using Concentrator.Kernel;

namespace Concentrator.Actors.Tests.Store;

/// <summary>A node that starts while its database is away starts all the same: it takes nothing new, leaves its kernel as it is, and recovers by itself.</summary>
public sealed class StoreAwayTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Tunnels_go_on_and_new_ones_come_when_the_database_is_back()
    {
        StoreOptions store = new() { Postgres = server.CreateDatabase(), KeyText = KeyRing.NewLine() };
        await using NodePair pair = new()
        {
            SunOptions = options => options with { Store = store, ReconcilePeriod = TimeSpan.FromMilliseconds(200) },
            SunConnection = connection => connection with { Unique = UniquePolicy.Never },
            MoonOptions = options => options with { Retransmit = new RetransmitPolicy(TimeSpan.FromMilliseconds(300), 1, 200) },
            StartAction = ChildAction.Start,
        };
        await pair.EstablishAsync();
        await Wait.UntilAsync(() => pair.Sun.Store!.RowsWritten > 0, "it is stored");
        IkeSaSnapshot moons = Assert.Single(pair.Moon.IkeSas);
        await pair.KillSunAsync();
        SaInfo[] left = [.. pair.SunKernel.DumpSas()];

        EventLog newcomersEvents = new("newcomer");
        using MemoryXfrmBackend newcomersKernel = new();
        ConcentratorNode newcomer;
        server.Stop();
        try
        {
            await pair.ReviveSunAsync();
            Assert.False(pair.Sun.Store!.IsAvailable);
            Assert.Empty(pair.Sun.IkeSas);
            newcomer = await pair.StartMoonAsync(newcomersKernel, newcomersEvents);
            await Wait.UntilAsync(() => pair.Sun.Drops.Snapshot().Any(drop => drop.Key == DropReason.StoreUnavailable && drop.Value > 1), "new ones are dropped, with the reason");
            // Several comparisons with the kernel.
            await Task.Delay(TimeSpan.FromSeconds(1), Cancel);
            Assert.Equal(left.Select(sa => sa.Id), pair.SunKernel.DumpSas().Select(sa => sa.Id));
        }
        finally
        {
            server.Start();
        }

        await Wait.UntilAsync(() => pair.Sun.Store!.IsAvailable, "the database is back");
        await newcomersEvents.NextAsync<ChildSaStateChanged>(change => change.To == ChildSaState.Installed, "the newcomer is up");
        await Wait.UntilAsync(() => pair.Sun.IkeSas.Any(
            ikeSa => (ikeSa.LocalSpi, ikeSa.RemoteSpi) == (moons.RemoteSpi, moons.LocalSpi) && ikeSa.Children.Any(child => child.State == ChildSaState.Installed)));
        Assert.Equal(1, pair.Sun.Store!.Restored);
        Assert.Equal(moons.LocalSpi, Assert.Single(pair.Moon.IkeSas).LocalSpi);
        await newcomer.DisposeAsync();
    }

    [Fact]
    public async Task A_database_that_is_there_and_refuses_ends_the_start_with_its_reason()
    {
        string database = server.CreateDatabase();
        StoreOptions store = new() { Postgres = new Npgsql.NpgsqlConnectionStringBuilder(database) { Database = "none" }.ToString(), KeyText = KeyRing.NewLine() };
        await using NodePair pair = new() { SunOptions = options => options with { Store = store } };
        NodeStartException refused = await Assert.ThrowsAsync<NodeStartException>(pair.StartAsync);
        Assert.Contains("session store: PostgreSQL at ", refused.Message, StringComparison.Ordinal);
        Assert.Contains("does not exist", refused.Message, StringComparison.Ordinal);
    }
}
