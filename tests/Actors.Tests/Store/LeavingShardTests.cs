using System.Globalization;
using Akka.Actor;
using Concentrator.Actors.IkeSa;
using Concentrator.Actors.Node;
using Concentrator.Actors.Placement;
using Concentrator.Actors.Routing;
using Concentrator.Actors.Store;
using Concentrator.Actors.Tests.Node;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Session;
using Microsoft.Data.Sqlite;

namespace Concentrator.Actors.Tests.Store;

/// <summary>A shard leaves at an awkward moment; that it leaves is told to its actors as the shard region does.</summary>
public sealed class LeavingShardTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("concentrator-leaving-").FullName;
    private readonly string _keys = KeyRing.NewLine();
    private GatedStore? _database;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private StoreOptions Store => new() { Sqlite = Path.Combine(_folder, "sessions.db"), KeyText = _keys, Between = database => _database = new GatedStore(database) };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task What_its_peer_ends_while_it_is_handed_over_is_over_and_the_shard_waits_for_nothing()
    {
        await using NodePair pair = new()
        {
            // A tombstone would outlast the test.
            SunOptions = options => options with { Store = Store, HalfOpenTimeout = TimeSpan.FromMinutes(5) },
            StartAction = ChildAction.Start,
        };
        await pair.EstablishAsync();
        SessionId session = Assert.Single(pair.Sun.IkeSas).Session;
        Assert.True(pair.Sun.Context.Sessions.TryFind(session, out SessionEntry? entry));
        await Wait.UntilAsync(() => entry.Stored.IsCurrent, "it is stored");

        // What is to be written waits for the database, and its shard leaves meanwhile.
        _database!.Close();
        pair.Sun.Rekey(session);
        await Wait.UntilAsync(() => !entry.Stored.IsCurrent, "it is being written");
        TellActor(pair.Sun, session.Shard, session.EntityId, DrainSession.Instance);
        pair.Moon.Close(Assert.Single(pair.Moon.IkeSas).Session);
        await Wait.UntilAsync(() => entry.State == IkeSaState.Tombstone, "it has heard the Delete");
        _database.Open();

        Assert.Equal(EndReason.DeletedByPeer, (await pair.SunEvents.NextAsync<IkeSaEnded>()).Reason);
        Assert.Equal(EndReason.DeletedByUs, (await pair.MoonEvents.NextAsync<IkeSaEnded>()).Reason);
        await Wait.UntilAsync(() => CountRows() == 0, "its row is gone");
    }

    [Fact]
    public async Task What_was_to_go_on_while_it_is_handed_over_waits_for_the_next_owner_and_no_row_is_lost()
    {
        await using NodePair pair = new() { SunOptions = options => options with { Store = Store }, StartAction = ChildAction.Start };
        await pair.EstablishAsync();
        IkeSaSnapshot suns = Assert.Single(pair.Sun.IkeSas);
        Assert.True(pair.Sun.Context.Sessions.TryFind(suns.Session, out SessionEntry? entry));
        await Wait.UntilAsync(() => entry.Stored.IsCurrent, "it is stored");
        int sent = NodePair.SentBy(pair.SunEvents).Count;

        _database!.Close();
        pair.Sun.Rekey(suns.Session);
        await Wait.UntilAsync(() => !entry.Stored.IsCurrent, "it is being written");
        TellActor(pair.Sun, suns.Session.Shard, suns.Session.EntityId, DrainSession.Instance);
        _database.Open();
        Assert.Equal(EndReason.TakenOver, (await pair.SunEvents.NextAsync<IkeSaEnded>()).Reason);
        Assert.Equal(sent, NodePair.SentBy(pair.SunEvents).Count);

        // The next owner is this node again: the rekeying that was stored and not sent goes on.
        TellActor(pair.Sun, suns.Session.Shard, AnchorName.Of(suns.Session.Shard), DrainSession.Instance);
        await pair.SunEvents.NextAsync<IkeSaHappened>(happened => happened.Event is IkeSaRekeyed, "it goes on with what it was about to do");
        Assert.Equal((suns.Session, IkeSaState.Established), (Assert.Single(pair.Sun.IkeSas).Session, Assert.Single(pair.Sun.IkeSas).State));
    }

    [Fact]
    public async Task What_sleeps_is_left_to_the_next_owner_and_is_not_called_anew()
    {
        await using NodePair pair = new() { MoonOptions = options => options with { Store = Store, WakeRate = 0 } };
        await pair.EstablishAsync();
        IkeSaSnapshot before = Assert.Single(pair.Moon.IkeSas);
        await pair.Moon.CrashAsync();
        EventLog events = new("moon");
        await using ConcentratorNode moon = await pair.StartMoonAsync(pair.MoonKernel, events);
        await Wait.UntilAsync(() => moon.Store!.Restored == 1, "it sleeps");
        int calls = pair.MoonKernel.History.Count;

        TellActor(moon, before.Session.Shard, AnchorName.Of(before.Session.Shard), DrainSession.Instance);
        // The next owner is this node again.
        await Wait.UntilAsync(() => moon.Store!.Restored == 2 && moon.IkeSas.Count == 1, "the shard was claimed once more");
        Assert.False(Assert.Single(moon.Context.Sessions.Entries).IsTaken);
        Assert.Equal((before.LocalSpi, before.RemoteSpi), (moon.IkeSas[0].LocalSpi, moon.IkeSas[0].RemoteSpi));
        Assert.True(pair.MoonKernel.History.Count > calls, "its SAs were taken out and came back");
        Assert.Equal(2, pair.MoonKernel.DumpSas().Count);
        Assert.Empty(NodePair.SentBy(events));
        Assert.Equal(IkeSaState.Established, Assert.Single(pair.Sun.IkeSas).State);
    }

    private static void TellActor(ConcentratorNode node, byte shard, string entity, object message) =>
        new ActorSelection(node.Actors.Sessions, string.Create(CultureInfo.InvariantCulture, $"{shard}/{entity}")).Tell(message, ActorRefs.NoSender);

    private long CountRows()
    {
        using SqliteConnection connection = new($"Data Source={Store.Sqlite};Pooling=false");
        connection.Open();
        using SqliteCommand count = connection.CreateCommand();
        count.CommandText = "select count(*) from ike_sa";
        return (long)count.ExecuteScalar()!;
    }
}
