using Akka.Actor;
using Concentrator.Actors.ChildSa;
using Concentrator.Actors.IkeSa;
using Concentrator.Actors.Node;
using Concentrator.Actors.Store;
using Concentrator.Actors.Tests.Clustering;
using Concentrator.Actors.Tests.Node;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Session;
using Concentrator.Kernel;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Concentrator.Actors.Tests.Store;

/// <summary>A node with a store is killed and started again: its peers do not notice, nobody authenticates anew.</summary>
public sealed class RestartTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("concentrator-restart-").FullName;
    private readonly string _keys = KeyRing.NewLine();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private StoreOptions Store => new() { Sqlite = Path.Combine(_folder, "sessions.db"), KeyText = _keys };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Tunnels_go_on_after_a_kill(bool losesKernel)
    {
        await using NodePair pair = Pair();
        await pair.EstablishAsync();
        (ulong local, ulong remote) = SpisOf(pair.Moon);
        uint inbound = ChildOf(pair.Sun).InboundSpi;

        await pair.KillSunAsync(losesKernel);
        await pair.ReviveSunAsync();
        await pair.SunEvents.NextAsync<ChildSaStateChanged>(change => change.To == ChildSaState.Installed, "child is back");
        // What the peer answers shows that it has noticed nothing.
        await AwaitAnswerAsync(pair);

        Assert.Equal((local, remote), SpisOf(pair.Moon));
        Assert.Equal(inbound, ChildOf(pair.Sun).InboundSpi);
        Assert.DoesNotContain(NodePair.SentBy(pair.MoonEvents).Skip(1), sent => sent.StartsWith("IKE_SA_INIT", StringComparison.Ordinal));
        Assert.Equal(2, pair.SunKernel.DumpSas().Count);
        Assert.Equal(3, pair.SunKernel.DumpPolicies().Count);
    }

    [Fact]
    public async Task What_was_seen_is_not_seen_again_and_no_number_is_used_twice()
    {
        await using NodePair pair = Pair(options => options with { SamplePeriod = TimeSpan.FromMilliseconds(20) });
        await pair.EstablishAsync();
        ChildSaSnapshot child = ChildOf(pair.Sun);
        SaId outbound = pair.SunKernel.DumpSas().Single(sa => sa.Id.Spi == child.OutboundSpi).Id, inbound = pair.SunKernel.DumpSas().Single(sa => sa.Id.Spi == child.InboundSpi).Id;
        pair.SunKernel.Advance(outbound, new SaProgress(7000, 0, [], 0, 0, 0, 0));
        pair.SunKernel.Advance(inbound, new SaProgress(0, 9000, [], 0, 0, 0, 0));
        await WaitForRowAsync("select count(*) from esp_replay where received = 9000 and sent = 7000");

        await pair.KillSunAsync(losesKernel: true);
        await pair.ReviveSunAsync();
        await pair.SunEvents.NextAsync<ChildSaStateChanged>(change => change.To == ChildSaState.Installed, "child is back");
        Assert.Equal(7000UL + SaProgress.ResumptionGap, pair.SunKernel.DumpSas().Single(sa => sa.Id == outbound).Sent);
        Assert.Equal(9000UL, pair.SunKernel.DumpSas().Single(sa => sa.Id == inbound).Received);

        // Whatever it has sent since is not known to anybody.
        await pair.KillSunAsync(losesKernel: true);
        await pair.ReviveSunAsync();
        await pair.SunEvents.NextAsync<ChildSaStateChanged>(change => change.To == ChildSaState.Installed, "child is back again");
        Assert.Equal(7000UL + 2UL * SaProgress.ResumptionGap, pair.SunKernel.DumpSas().Single(sa => sa.Id == outbound).Sent);

        // What is over leaves nothing behind once the next thing is written.
        await AwaitAnswerAsync(pair);
        for (int i = 0; i < 2; i++)
        {
            uint old = ChildOf(pair.Sun).InboundSpi;
            pair.Sun.RekeyChild(pair.Sun.IkeSas[0].Session, ChildOf(pair.Sun).ChildId);
            await Wait.UntilAsync(() => pair.SunKernel.DumpSas().Count == 2 && pair.Sun.IkeSas[0].Children.Count == 1 && ChildOf(pair.Sun).InboundSpi != old, "it is rekeyed");
        }

        await WaitForRowAsync($"select count(*) = 0 from esp_replay where spi = {child.InboundSpi}");
    }

    [Fact]
    public async Task What_sleeps_is_seen_as_it_is()
    {
        await using NodePair pair = Pair(options => options with { WakeRate = 0 });
        await pair.EstablishAsync();
        IkeSaSnapshot before = Assert.Single(pair.Sun.IkeSas);
        await pair.KillSunAsync(losesKernel: true);
        await pair.ReviveSunAsync();
        await Wait.UntilAsync(() => pair.Sun.IkeSas.Count == 1, "it is in the directory");
        IkeSaSnapshot asleep = Assert.Single(pair.Sun.IkeSas);
        Assert.Equal(
            (IkeSaState.Established, before.Name, before.LocalSpi, before.RemoteSpi, before.Local, before.Remote, before.RemoteIdentity),
            (asleep.State, asleep.Name, asleep.LocalSpi, asleep.RemoteSpi, asleep.Local, asleep.Remote, asleep.RemoteIdentity));
        Assert.NotEqual(0, asleep.Number);
        Assert.Equal(2, pair.SunKernel.DumpSas().Count);
        Assert.DoesNotContain(pair.SunEvents.Seen.OfType<IkeSaHappened>(), happened => happened.Event is Remark { Text: var text } && text.StartsWith("going on with", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_initiator_that_is_killed_goes_on_and_does_not_call_again()
    {
        await using NodePair pair = new()
        {
            MoonOptions = options => options with { Store = Store },
            MoonConnection = connection => connection,
        };
        await pair.EstablishAsync();
        (ulong local, ulong remote) = SpisOf(pair.Moon);
        await pair.Moon.CrashAsync();
        EventLog events = new("moon");
        await using ConcentratorNode moon = await pair.StartMoonAsync(pair.MoonKernel, events);
        await events.NextAsync<ChildSaStateChanged>(change => change.To == ChildSaState.Installed, "child is back");
        Assert.Equal((local, remote), SpisOf(moon));
        Assert.DoesNotContain(NodePair.SentBy(events), sent => sent.StartsWith("IKE_SA_INIT", StringComparison.Ordinal));
        Assert.Single(pair.Sun.IkeSas);
    }

    [Fact]
    public async Task Who_was_given_up_for_dead_ends_its_sessions_without_a_word_and_empties_its_kernel()
    {
        await using NodePair pair = Pair();
        await pair.EstablishAsync();
        await WaitForRowAsync("select count(*) from ike_sa");
        await ExecuteAsync("update ike_sa set epoch = epoch + 1000, incarnation = incarnation + 1");
        int sent = NodePair.SentBy(pair.SunEvents).Count;
        // Its answer would have to be stored first.
        IkeSaSnapshot moons = Assert.Single(pair.Moon.IkeSas);
        pair.Moon.Actors.Sessions.Tell(new DeliverInput(moons.Session, new RekeyChild(moons.Children[0].ChildId)), ActorRefs.NoSender);
        IkeSaEnded ended = await pair.SunEvents.NextAsync<IkeSaEnded>();
        Assert.Equal(EndReason.TakenOver, ended.Reason);
        await Wait.UntilAsync(() => pair.SunKernel.DumpSas().Count + pair.SunKernel.DumpPolicies().Count == 0, "its kernel is empty");
        Assert.Equal(sent, NodePair.SentBy(pair.SunEvents).Count);
        Assert.Equal(1, pair.Sun.Store!.Fenced);
        Assert.Equal(1, await ScalarAsync("select count(*) from ike_sa"));
        Assert.Equal(IkeSaState.Established, Assert.Single(pair.Moon.IkeSas).State);
    }

    /// <summary>In the smaller half the shards stop with the membership, before the node knows why; who goes on with the cluster goes on with what is stored.</summary>
    [Fact]
    public async Task A_node_that_goes_down_with_its_membership_leaves_what_is_stored()
    {
        await using NodePair pair = Pair();
        await pair.EstablishAsync();
        await WaitForRowAsync("select count(*) from ike_sa");
        int sent = NodePair.SentBy(pair.SunEvents).Count;
        Akka.Cluster.Cluster cluster = Akka.Cluster.Cluster.Get(pair.Sun.System);
        cluster.Down(cluster.SelfAddress);
        Assert.Equal(EndReason.TakenOver, (await pair.SunEvents.NextAsync<IkeSaEnded>()).Reason);
        await Wait.UntilAsync(() => pair.Sun.WhenCutOff.IsCompleted, "it knows that it is cut off");
        await pair.Sun.StopAsync();
        Assert.Equal(sent, NodePair.SentBy(pair.SunEvents).Count);
        Assert.Equal(1, await ScalarAsync("select count(*) from ike_sa"));
        Assert.Equal(IkeSaState.Established, Assert.Single(pair.Moon.IkeSas).State);
    }

    [Fact]
    public async Task A_session_that_ends_leaves_no_row()
    {
        await using NodePair pair = Pair();
        await pair.EstablishAsync();
        await WaitForRowAsync("select count(*) from ike_sa");
        await pair.Moon.StopAsync();
        await WaitForRowAsync("select count(*) = 0 from ike_sa");
    }

    [Fact]
    public async Task A_node_that_stops_in_order_leaves_no_row_and_no_life()
    {
        await using (NodePair pair = Pair())
        {
            await pair.EstablishAsync();
            await WaitForRowAsync("select count(*) from ike_sa");
        }

        Assert.Equal(0, await ScalarAsync("select count(*) from ike_sa"));
        Assert.Equal(0, await ScalarAsync("select count(*) from node"));
    }

    [Fact]
    public async Task Nothing_is_written_for_a_peer_that_has_not_authenticated()
    {
        await using NodePair pair = new() { SunOptions = options => options with { Store = Store }, MoonKey = "wrong" };
        await pair.StartAsync();
        await pair.SunEvents.NextAsync<IkeSaEnded>();
        Assert.Equal(0, pair.Sun.Context.Store!.Board.Batches);
        Assert.Equal(0, await ScalarAsync("select count(*) from ike_sa"));
    }

    [Fact]
    public async Task A_file_that_cannot_be_written_refuses_the_new_and_keeps_the_old_and_recovers()
    {
        await using NodePair pair = Pair();
        await pair.EstablishAsync();
        StoreBoard board = pair.Sun.Context.Store!.Board;
        await using (SqliteConnection blocker = new($"Data Source={Store.Sqlite};Pooling=false"))
        {
            // Somebody holds the file: as long as that lasts nothing can be written.
            blocker.Open();
            await using SqliteCommand hold = blocker.CreateCommand();
            hold.CommandText = "begin exclusive";
            await hold.ExecuteNonQueryAsync(Cancel);
            await Wait.UntilAsync(() => !board.IsAvailable, "the store is missed");
            Assert.Single(pair.Sun.IkeSas);
            await using ConcentratorNode other = await pair.StartMoonAsync(new MemoryXfrmBackend(), new EventLog("other"));
            await Wait.UntilAsync(() => pair.Sun.Drops.Snapshot().Any(drop => drop.Key == DropReason.StoreUnavailable && drop.Value > 0), "new ones are dropped");
            Assert.Equal(IkeSaState.Established, Assert.Single(pair.Sun.IkeSas).State);
            hold.CommandText = "rollback";
            await hold.ExecuteNonQueryAsync(Cancel);
            await Wait.UntilAsync(() => board.IsAvailable, "the store is back");
        }
    }

    [Theory]
    [InlineData("update ike_sa set version = 99", "NewerVersion", "a newer program wrote them")]
    [InlineData("update ike_sa set key_id = 'none'", "UnknownKey", "their key is not among those given")]
    [InlineData("update ike_sa set revision = revision + 1", "Tampered", "they are not what was written there")]
    [InlineData("update ike_sa set body = zeroblob(300)", "Tampered", "they are not what was written there")]
    [InlineData("update ike_sa set session_id = session_id + 1", "Tampered", "they are not what was written there")]
    [InlineData("update ike_sa set incarnation = -1", "Stale", "they are older than what they were replaced by")]
    [InlineData("update ike_sa set incarnation = 65535", "Exhausted", "they were taken over too often")]
    public async Task A_row_that_is_not_as_it_was_is_told_and_left_and_hijacks_nothing(string change, string expected, string said)
    {
        LogLines log = new();
        await using NodePair pair = Pair(log: log);
        await pair.EstablishAsync();
        await WaitForRowAsync("select count(*) from ike_sa");
        await pair.KillSunAsync(losesKernel: true);
        await ExecuteAsync(change);
        await pair.ReviveSunAsync();
        Assert.Equal(1, pair.Sun.Context.Store!.Board.BadRows.Single(row => row.Why.ToString() == expected).Count);
        Assert.Contains(log.Lines, line => line.Contains($"1 stored sessions cannot be used, {said}; they stay where they are", StringComparison.Ordinal));
        Assert.Empty(pair.Sun.IkeSas);
        Assert.Empty(pair.SunKernel.DumpSas());
        Assert.Equal(1, await ScalarAsync("select count(*) from ike_sa"));
    }

    /// <summary>What was stored before is put back under what has been counted since.</summary>
    [Fact]
    public async Task An_older_body_in_a_newer_row_is_told_and_hijacks_nothing()
    {
        LogLines log = new();
        await using NodePair pair = Pair(log: log);
        await pair.EstablishAsync();
        await WaitForRowAsync("select count(*) from ike_sa");
        await ExecuteAsync("create table older as select session_id, body from ike_sa");
        long revision = await ScalarAsync("select revision from ike_sa");
        pair.Moon.Rekey(Assert.Single(pair.Moon.IkeSas).Session);
        await pair.SunEvents.NextAsync<IkeSaHappened>(happened => happened.Event is IkeSaRekeyed, "it is rekeyed");
        await WaitForRowAsync($"select count(*) from ike_sa where revision > {revision}");
        await pair.KillSunAsync(losesKernel: true);

        await ExecuteAsync("update ike_sa set body = (select body from older)");
        await pair.ReviveSunAsync();
        Assert.Equal(1, pair.Sun.Context.Store!.Board.BadRows.Single(row => row.Why == BadRow.Tampered).Count);
        Assert.Contains(log.Lines, line => line.Contains("they are not what was written there", StringComparison.Ordinal));
        Assert.Empty(pair.Sun.IkeSas);
        Assert.Empty(pair.SunKernel.DumpSas());
        Assert.Equal(1, await ScalarAsync("select count(*) from ike_sa"));
    }

    [Fact]
    public async Task Under_another_key_nothing_is_lost_and_under_the_right_one_it_goes_on()
    {
        StoreOptions store = Store;
        await using NodePair pair = new() { SunOptions = o => o with { Store = Volatile.Read(ref store) }, StartAction = ChildAction.Start };
        await pair.EstablishAsync();
        (ulong local, ulong remote) = SpisOf(pair.Moon);
        await WaitForRowAsync("select count(*) from ike_sa");
        await pair.KillSunAsync(losesKernel: true);

        Volatile.Write(ref store, Store with { KeyText = KeyRing.NewLine() });
        await pair.ReviveSunAsync();
        Assert.Equal(1, pair.Sun.Context.Store!.Board.BadRows.Single(row => row.Why == BadRow.UnknownKey).Count);
        Assert.Empty(pair.Sun.IkeSas);
        Assert.Empty(pair.SunKernel.DumpSas());
        await pair.KillSunAsync(losesKernel: true);

        Volatile.Write(ref store, Store);
        await pair.ReviveSunAsync();
        await pair.SunEvents.NextAsync<ChildSaStateChanged>(change => change.To == ChildSaState.Installed, "child is back");
        Assert.Equal((remote, local), SpisOf(pair.Sun));
        Assert.Equal((local, remote), SpisOf(pair.Moon));
    }

    private NodePair Pair(Func<NodeOptions, NodeOptions>? options = null, LogLines? log = null) => new()
    {
        SunLogging = log ?? (ILoggerFactory)NullLoggerFactory.Instance,
        SunOptions = o => (options ?? (same => same))(o) with { Store = Store },
        StartAction = ChildAction.Start,
    };

    private static (ulong Local, ulong Remote) SpisOf(ConcentratorNode node)
    {
        IkeSaSnapshot ikeSa = Assert.Single(node.IkeSas);
        return (ikeSa.LocalSpi, ikeSa.RemoteSpi);
    }

    private static ChildSaSnapshot ChildOf(ConcentratorNode node) => Assert.Single(Assert.Single(node.IkeSas).Children);

    /// <summary>The peer goes on with what came back.</summary>
    private static Task AwaitAnswerAsync(NodePair pair) => Wait.UntilAsync(
        () => pair.SunEvents.Seen.OfType<IkeSaHappened>().Any(happened => happened.Event is Remark { Text: var text } && text.Contains("has answered", StringComparison.Ordinal)), "the peer answers");

    private async Task WaitForRowAsync(string query)
    {
        for (int i = 0; i < 500; i++)
        {
            if (await ScalarAsync(query) == 1) return;
            await Task.Delay(10, Cancel);
        }

        Assert.Fail($"never so: {query}");
    }

    private async Task<long> ScalarAsync(string query)
    {
        await using SqliteConnection connection = new($"Data Source={Store.Sqlite};Pooling=false");
        connection.Open();
        await using SqliteCommand command = connection.CreateCommand();
        command.CommandText = query;
        return (long)(await command.ExecuteScalarAsync(Cancel))!;
    }

    private async Task ExecuteAsync(string text)
    {
        await using SqliteConnection connection = new($"Data Source={Store.Sqlite};Pooling=false");
        connection.Open();
        await using SqliteCommand command = connection.CreateCommand();
        command.CommandText = text;
        await command.ExecuteNonQueryAsync(Cancel);
    }
}
