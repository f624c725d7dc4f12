using System.Reflection;
using Akka.Actor;
using Akka.TestKit;
using Concentrator.Actors.Draining;
using Concentrator.Actors.Kernel;
using Concentrator.Actors.Node;
using Concentrator.Actors.Routing;
using Concentrator.Actors.Store;
using Concentrator.Actors.Tests.Clustering;
using Concentrator.Ike;
using Concentrator.Ike.Session.State;

namespace Concentrator.Actors.Tests.Store;

/// <summary>Claims and preparations that come to nothing; the store is a probe, and so is the kernel.</summary>
public sealed class SessionRestorerTests : ActorFixture
{
    private const byte Shard = 1;
    private static readonly SessionId Session = new(0x01_0000_0000_0001);

    private readonly string _folder = Directory.CreateTempSubdirectory("concentrator-store-").FullName;
    private readonly NodeStore _store;
    private readonly TestProbe _probe, _kernel;
    private readonly NodeContext _node;
    private readonly SessionRestorer _restorer;

    public SessionRestorerTests()
        : base(null, ClusterPeers.Connection("moon", "sun.example.org", "moon.example.org"))
    {
        _store = new NodeStore(
            new SqliteSessionStore(Path.Combine(_folder, "sessions.db")), new NodeIdentity("a", "a:1"), new SessionVault(KeyRing.Parse(KeyRing.NewLine(), "keys")));
        _probe = CreateTestProbe("store");
        _kernel = CreateTestProbe("kernel-probe");
        _node = new NodeContext(TimeProvider.System)
        {
            Options = Node.Options,
            Log = Node.Log,
            Minter = Node.Minter,
            Transport = Node.Transport,
            Session = Node.Session with { IsPersistent = true },
            Actors = Node.Actors with { Store = _probe, Kernel = _kernel },
        };
        _restorer = new SessionRestorer(_node, _store);
    }

    public override async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
        await base.DisposeAsync();
    }

    [Fact]
    public async Task A_claim_is_over_when_the_store_has_answered_though_the_shard_leaves_and_nothing_comes_of_it()
    {
        using CancellationTokenSource leaving = new();
        Task claim = _restorer.ClaimAsync(Shard, leaving.Token);
        ClaimShard asked = await _probe.ExpectMsgAsync<ClaimShard>(cancellationToken: Cancel);
        IActorRef asker = _probe.Sender;
        await leaving.CancelAsync();
        Assert.True(asked.Cancel.IsCancellationRequested);
        await _probe.ExpectNoMsgAsync(TimeSpan.FromMilliseconds(50), Cancel);
        Assert.False(claim.IsCompleted);

        asker.Tell(new ShardClaimed(Shard, [new ClaimedSession(new SessionId(0x01_0000_0000_0001), 1, 1, new SealedBody("key", short.MaxValue, [1]))]));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => claim);
        Assert.Equal(0, _store.Board.BadRows.Sum(row => row.Count));
    }

    /// <summary>The numbers cannot be reserved: what was read has keys, and nobody else knows of it.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Of_a_claim_that_the_store_breaks_off_no_key_is_left_and_what_was_prepared_goes_on_unless_the_shard_has_left(bool hasLeft)
    {
        using CancellationTokenSource leaving = new();
        Task claim = _restorer.ClaimAsync(Shard, leaving.Token);
        await _probe.ExpectMsgAsync<ClaimShard>(cancellationToken: Cancel);
        _probe.Reply(new ShardClaimed(Shard, [Row()]));
        await _probe.ExpectMsgAsync<ReserveNumbers>(cancellationToken: Cancel);
        RestoredSession restored = RestoredBy(claim);
        AssertHasKeys(restored);

        if (hasLeft) await leaving.CancelAsync();
        else _probe.Reply(new Status.Failure(new StoreException("cut off")));
        await Assert.ThrowsAnyAsync<Exception>(() => claim);
        AssertHasNoKeys(restored);
        Assert.Empty(_node.Sessions.Sessions);
        Assert.Equal(0, _store.Board.Restored);
        if (hasLeft) Assert.Equal(Session, (await _kernel.ExpectMsgAsync<ReleaseRestored>(cancellationToken: Cancel)).Session);
        _kernel.Ref.Tell("nothing else", TestActor);
        await _kernel.ExpectMsgAsync("nothing else", cancellationToken: Cancel);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Of_a_preparation_that_comes_to_something_or_nothing_no_key_is_left(bool fails)
    {
        Task<SessionsPrepared> preparation = _restorer.PrepareAsync([Session], Cancel);
        await _probe.ExpectMsgAsync<ReadRows>(cancellationToken: Cancel);
        _probe.Reply(new RowsRead([Row()]));
        await _probe.ExpectMsgAsync<ReserveNumbers>(cancellationToken: Cancel);
        RestoredSession restored = RestoredBy(preparation);
        AssertHasKeys(restored);

        if (fails)
        {
            _probe.Reply(new Status.Failure(new StoreException("cut off")));
            Assert.Equal("cut off", (await Assert.ThrowsAsync<StoreException>(() => preparation)).Message);
        }
        else
        {
            _probe.Reply(new NumbersReserved(new Dictionary<ChildKey, ReplaySample>()));
            await _kernel.FishForMessageAsync(message => message is RestoreSas, cancellationToken: Cancel);
            _kernel.Reply(new SasRestored(new Dictionary<(SessionId, string), uint>(), 0, 0));
            Assert.Equal(new SessionsPrepared(1, 0, ""), await preparation);
        }

        AssertHasNoKeys(restored);
        Assert.Empty(_node.Sessions.Sessions);
    }

    private void AssertHasKeys(RestoredSession restored)
    {
        using SessionState? state = restored.IkeSa.Export(_node.Now);
        Assert.NotNull(state);
        Assert.Equal(Octets(36, 4), state.Current.Keys.Ei.Span.ToArray());
    }

    private void AssertHasNoKeys(RestoredSession restored) => Assert.Throws<ObjectDisposedException>(() => restored.IkeSa.Export(_node.Now));

    /// <summary>While the call waits nobody but itself has what it restored.</summary>
    private static RestoredSession RestoredBy(Task call)
    {
        const BindingFlags Any = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
        object machine = call.GetType().GetField("StateMachine", Any)!.GetValue(call)!;
        return Assert.Single(machine.GetType().GetFields(Any).Select(field => field.GetValue(machine)).OfType<List<(ClaimedSession Row, RestoredSession Restored)>>().SelectMany(sessions => sessions)).Restored;
    }

    /// <summary>A row that can be used, of a session without children.</summary>
    private ClaimedSession Row()
    {
        SessionState minimal = SessionStates.Minimal();
        using SessionState state = minimal with { Current = minimal.Current with { Keys = Keys(), NextInboundId = 7 } };
        minimal.Dispose();
        return new ClaimedSession(Session, 1, 2, _store.Vault.Seal(Session, 1, Actors.Store.Bodies.SessionBody.Version, Actors.Store.Bodies.SessionBody.Write(state, DateTimeOffset.UtcNow, incarnation: 1)));
    }

    /// <summary>As long as AES-256-GCM's are.</summary>
    private static Concentrator.Ike.Crypto.IkeKeys Keys()
    {
        Secret[] keys = [.. new[] { 32, 0, 0, 36, 36, 32, 32 }.Select((length, seed) => new Secret(Octets(length, seed + 1)))];
        return new Concentrator.Ike.Crypto.IkeKeys(keys[0], keys[1], keys[2], keys[3], keys[4], keys[5], keys[6]);
    }

    private static byte[] Octets(int length, int seed) => [.. Enumerable.Range(0, length).Select(i => (byte)((seed * 31) + i))];
}
