using Akka.Actor;
using Akka.TestKit;
using Concentrator.Actors.Node;
using Concentrator.Actors.Routing;
using Concentrator.Actors.Store;
using Concentrator.Kernel;

namespace Concentrator.Actors.Tests.Store;

/// <summary>Between sessions and database: batches, failures, and what is made good afterwards.</summary>
public sealed class SessionStoreActorTests : ActorFixture
{
    private static readonly SessionId First = new(0x01_0000_0000_0001), Second = new(0x02_0000_0000_0002);

    private readonly string _folder = Directory.CreateTempSubdirectory("concentrator-store-").FullName;
    private readonly GatedStore _database;
    private readonly NodeStore _store;
    private IActorRef _actor = null!;

    public SessionStoreActorTests()
        : base(new NodeOptions { SamplePeriod = TimeSpan.FromMilliseconds(50) })
    {
        _database = new GatedStore(new SqliteSessionStore(Path.Combine(_folder, "sessions.db")));
        _store = new NodeStore(_database, new NodeIdentity("a", "a:1"), new SessionVault(KeyRing.Parse(KeyRing.NewLine(), "keys")));
    }

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await _store.BeginLifeAsync(Cancel);
        _actor = Sys.ActorOf(SessionStoreActor.Props(Node, _store), "store");
    }

    public override async ValueTask DisposeAsync()
    {
        await _actor.GracefulStop(TimeSpan.FromSeconds(20));
        await _store.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
        await base.DisposeAsync();
    }

    [Fact]
    public async Task What_comes_while_a_write_runs_is_the_next_batch_and_each_is_answered()
    {
        _database.Close();
        TestProbe[] owners = [.. Enumerable.Range(0, 50).Select(i => CreateTestProbe($"o{i}"))];
        for (int i = 0; i < owners.Length; i++) _actor.Tell(new SaveSession(Row(new SessionId(0x01_0000_0000_0001 + (ulong)i), 1)), owners[i]);
        await AwaitConditionAsync(() => Task.FromResult(_database.Batches.Count == 1), cancellationToken: Cancel);
        // All have arrived by the time that this is answered.
        _actor.Tell(new ClaimShard(9, Cancel), TestActor);
        _database.Open();
        await ExpectMsgAsync<ShardClaimed>(cancellationToken: Cancel);
        foreach (TestProbe owner in owners) Assert.Equal(1, (await owner.ExpectMsgAsync<SessionSaved>(cancellationToken: Cancel)).Revision);
        Assert.Equal([1, 49], _database.Batches.Select(batch => batch.Rows.Count));
        Assert.Equal(50, _store.Board.RowsWritten);
    }

    [Fact]
    public async Task A_database_that_is_away_is_told_at_once_and_those_behind_are_asked_when_it_is_back()
    {
        Assert.True(Node.Sessions.TryEnter(First));
        _database.IsCutOff = true;
        _actor.Tell(new SaveSession(Row(First, 1)), TestActor);
        await ExpectMsgAsync<SessionNotSaved>(cancellationToken: Cancel);
        Assert.False(_store.Board.IsAvailable);
        int calls = _database.Batches.Count;
        _actor.Tell(new SaveSession(Row(First, 2)), TestActor);
        Assert.Equal(2, (await ExpectMsgAsync<SessionNotSaved>(cancellationToken: Cancel)).Revision);
        Assert.Equal(calls, _database.Batches.Count);
        _actor.Tell(new ClaimShard(1, Cancel), TestActor);
        Assert.IsType<StoreException>((await ExpectMsgAsync<Status.Failure>(cancellationToken: Cancel)).Cause);
        Assert.Equal(1, _store.Board.Dirty);

        _database.IsCutOff = false;
        Assert.Equal(new RewriteSession(First, IsForgotten: false), await Region.ExpectMsgAsync<RewriteSession>(TimeSpan.FromSeconds(20), cancellationToken: Cancel));
        Assert.True(_store.Board.IsAvailable);
        _actor.Tell(new SaveSession(Row(First, 3) with { IsFirst = true }), TestActor);
        await ExpectMsgAsync<SessionSaved>(cancellationToken: Cancel);
        Assert.Equal(0, _store.Board.Dirty);
    }

    [Fact]
    public async Task What_was_forgotten_while_the_database_was_away_is_gone_when_it_is_back()
    {
        _actor.Tell(new SaveSession(Row(First, 1)), TestActor);
        await ExpectMsgAsync<SessionSaved>(cancellationToken: Cancel);
        _database.IsCutOff = true;
        _actor.Tell(new ForgetSession(First), TestActor);
        await AwaitConditionAsync(() => Task.FromResult(!_store.Board.IsAvailable), cancellationToken: Cancel);
        _database.IsCutOff = false;
        await AwaitConditionAsync(() => Task.FromResult(_store.Board.IsAvailable), TimeSpan.FromSeconds(20), cancellationToken: Cancel);
        _actor.Tell(new ClaimShard(1, Cancel), TestActor);
        Assert.Empty((await ExpectMsgAsync<ShardClaimed>(cancellationToken: Cancel)).Sessions);
    }

    [Fact]
    public async Task A_database_that_has_lost_everything_is_filled_anew()
    {
        Assert.True(Node.Sessions.TryEnter(First));
        Assert.True(Node.Sessions.TryEnter(Second));
        long epoch = _store.Epoch;
        await _database.EndLifeAsync(epoch, Cancel);
        RewriteSession[] asked =
        [
            await Region.ExpectMsgAsync<RewriteSession>(TimeSpan.FromSeconds(20), cancellationToken: Cancel),
            await Region.ExpectMsgAsync<RewriteSession>(TimeSpan.FromSeconds(20), cancellationToken: Cancel),
        ];
        Assert.Equal([First, Second], asked.Select(rewrite => rewrite.Session).OrderBy(session => session.Value));
        Assert.All(asked, rewrite => Assert.True(rewrite.IsForgotten));
        Assert.True(_store.Epoch > epoch);
    }

    [Fact]
    public async Task A_node_that_stops_leaves_nothing_unwritten()
    {
        _actor.Tell(new SaveSession(Row(First, 1)), TestActor);
        _actor.Tell(new SaveSession(Row(Second, 1)), TestActor);
        _actor.Tell(new ForgetSession(Second), TestActor);
        _actor.Tell(SettleStore.Instance, TestActor);
        await FishForMessageAsync(message => message is StoreSettled, cancellationToken: Cancel);
        await _store.BeginLifeAsync(Cancel);
        Assert.Equal([First], (await _database.ClaimAsync(_store.Epoch, [1, 2], [], Cancel)).Select(row => row.Session));
    }

    // Else it could claim what its successors have claimed.
    [Fact]
    public async Task Who_is_given_up_is_noted_before_anything_is_claimed_also_where_the_database_was_away()
    {
        await WriteHeldAsync();
        _database.IsCutOff = true;
        _actor.Tell(new MemberGivenUp(4711), TestActor);
        _actor.Tell(new ClaimShard(1, Cancel), TestActor);
        _database.Open();
        await FishForMessageAsync(message => message is Status.Failure, cancellationToken: Cancel);
        _database.IsCutOff = false;
        await AwaitConditionAsync(() => Task.FromResult(_store.Board.IsAvailable), cancellationToken: Cancel);
        _actor.Tell(new ClaimShard(1, Cancel), TestActor);
        await FishForMessageAsync(message => message is ShardClaimed, cancellationToken: Cancel);
        Assert.Equal([nameof(ISessionStore.GiveUpAsync), nameof(ISessionStore.ClaimAsync)], _database.Calls.Where(call => call is nameof(ISessionStore.GiveUpAsync) or nameof(ISessionStore.ClaimAsync)));
    }

    // It makes no difference to the database whether the cluster or the node knows first.
    [Fact]
    public async Task A_node_that_was_given_up_takes_nothing_new_from_then_on()
    {
        _actor.Tell(new ThisMember(4711), TestActor);
        await _database.BeatAsync(_store.Epoch, 4711, Cancel);
        await _database.GiveUpAsync([4711], Cancel);
        await AwaitConditionAsync(() => Task.FromResult(!_store.Board.IsAvailable), cancellationToken: Cancel);
        _actor.Tell(new SaveSession(Row(First, 1)), TestActor);
        await ExpectMsgAsync<SessionNotSaved>(cancellationToken: Cancel);
    }

    // The next owner's tunnels would end.
    [Fact]
    public async Task A_shard_that_has_left_before_its_turn_came_is_not_claimed()
    {
        using CancellationTokenSource leaving = new();
        await WriteHeldAsync();
        TestProbe asker = CreateTestProbe();
        _actor.Tell(new ClaimShard(1, leaving.Token), asker);
        await leaving.CancelAsync();
        _database.Open();
        Assert.IsType<OperationCanceledException>((await asker.ExpectMsgAsync<Status.Failure>(cancellationToken: Cancel)).Cause);
        Assert.Equal([nameof(ISessionStore.WriteAsync)], _database.Calls);
    }

    [Fact]
    public async Task Numbers_that_were_asked_for_meanwhile_are_one_call_and_of_two_that_ask_for_one_child_each_has_its_own()
    {
        await _database.WriteAsync(_store.Epoch, new StoreBatch([Row(First, 1), Row(Second, 1)], []), Cancel);
        await WriteHeldAsync();
        _database.Calls.Clear();
        ChildKey one = new(First, 1), other = new(Second, 1), gone = new(new SessionId(0x03_0000_0000_0003), 1);
        TestProbe[] askers = [CreateTestProbe(), CreateTestProbe(), CreateTestProbe()];
        foreach ((TestProbe asker, ChildKey[] children) in askers.Zip<TestProbe, ChildKey[]>([[one], [other, gone], [one, other]])) _actor.Tell(new ReserveNumbers(children), asker);
        _database.Open();
        ulong[][] sent = [.. await Task.WhenAll(askers.Select(async asker =>
            (await asker.ExpectMsgAsync<NumbersReserved>(cancellationToken: Cancel)).Samples.Values.Select(sample => sample.Sent / SaProgress.ResumptionGap).ToArray()))];
        Assert.Equal([[1], [1], [2, 2]], sent);
        Assert.Equal([nameof(ISessionStore.ReserveAsync), nameof(ISessionStore.ReserveAsync)], _database.Calls);
    }

    [Fact]
    public async Task Samples_do_not_wait_for_a_storm_of_writes_to_end()
    {
        await WriteHeldAsync();
        _actor.Tell(new SampleSas([new ReplaySample(First, 1, 10, 20)]), TestActor);
        await Task.Delay(Node.Options.SamplePeriod + TimeSpan.FromMilliseconds(20), Cancel);
        _actor.Tell(new SaveSession(Row(Second, 2)), TestActor);
        _database.Open();
        await FishForMessageAsync<SessionSaved>(saved => saved.Revision == 2, cancellationToken: Cancel);
        Assert.Equal([nameof(ISessionStore.WriteAsync), nameof(ISessionStore.SampleAsync), nameof(ISessionStore.WriteAsync)], _database.Calls);
    }

    /// <summary>What comes now waits behind a write, until the gate is opened.</summary>
    private async Task WriteHeldAsync()
    {
        int before = _database.Batches.Count;
        _database.Close();
        _actor.Tell(new SaveSession(Row(Second, 1)), TestActor);
        await AwaitConditionAsync(() => Task.FromResult(_database.Batches.Count > before), cancellationToken: Cancel);
    }

    private static SessionRow Row(SessionId session, long revision) => new(session, revision, revision == 1, 0, new SealedBody("key", 1, [1, 2, 3]));
}
