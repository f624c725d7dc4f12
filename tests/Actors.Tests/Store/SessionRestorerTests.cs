using Akka.Actor;
using Akka.TestKit;
using Concentrator.Actors.Node;
using Concentrator.Actors.Routing;
using Concentrator.Actors.Store;

namespace Concentrator.Actors.Tests.Store;

/// <summary>A claim that comes to nothing; the store is a probe.</summary>
public sealed class SessionRestorerTests : ActorFixture
{
    private const byte Shard = 1;

    private readonly string _folder = Directory.CreateTempSubdirectory("concentrator-store-").FullName;
    private readonly NodeStore _store;
    private readonly TestProbe _probe;
    private readonly SessionRestorer _restorer;

    public SessionRestorerTests()
    {
        _store = new NodeStore(
            new SqliteSessionStore(Path.Combine(_folder, "sessions.db")), new NodeIdentity("a", "a:1"), new SessionVault(KeyRing.Parse(KeyRing.NewLine(), "keys")));
        _probe = CreateTestProbe("store");
        NodeContext node = new(TimeProvider.System)
        {
            Options = Node.Options,
            Log = Node.Log,
            Minter = Node.Minter,
            Transport = Node.Transport,
            Session = Node.Session,
            Actors = Node.Actors with { Store = _probe },
        };
        _restorer = new SessionRestorer(node, _store);
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
}
