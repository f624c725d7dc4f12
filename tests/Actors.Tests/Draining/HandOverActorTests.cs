using Akka.Actor;
using Concentrator.Actors.Draining;
using Concentrator.Actors.Kernel;
using Concentrator.Actors.Node;
using Concentrator.Actors.Routing;
using Concentrator.Actors.Tests.Certificates;
using Concentrator.Kernel;

namespace Concentrator.Actors.Tests.Draining;

/// <summary>What becomes of that which was prepared for a session that does not come. The kernel decides; time is the test's.</summary>
public sealed class HandOverActorTests : ActorFixture
{
    private static readonly ServiceAddress[] Addresses = [.. Enumerable.Range(1, 2).Select(i => new ServiceAddress(System.Net.IPAddress.Parse($"192.0.2.{100 + i}"), 32, "eth0"))];

    /// <summary>Of the first address; all others are of the second. One of those came.</summary>
    private static readonly SessionId First = new(0x02_0000_0000_0001), Second = new(0x03_0000_0000_0001), Came = new(0x05_0000_0000_0001), Other = new(0x07_0000_0000_0001);

    private readonly Clock _clock = new(DateTimeOffset.UnixEpoch) { StandsStill = true };
    private readonly NodeContext _node;
    private readonly IActorRef _actor;

    public HandOverActorTests()
        : base(isMember: true)
    {
        _node = WithAddresses(Addresses, _clock);
        _actor = Sys.ActorOf(HandOverActor.Props(_node, () => false));
    }

    [Fact]
    public async Task What_does_not_come_stays_as_long_as_its_address_is_here_and_goes_when_that_is_elsewhere()
    {
        await PrepareAsync(First, Second, Came, Other);
        _node.Addresses.Here = [Addresses[0].Address];
        Assert.True(_node.Sessions.TryEnter(Came));
        // Once more, as when it has changed meanwhile.
        _clock.Now += TimeSpan.FromSeconds(15);
        await NoteAsync(Second);
        Assert.Equal([First, Second, Came, Other], await ThereAsync());

        // Each is looked at in the order in which they were prepared.
        _clock.Now += TimeSpan.FromSeconds(16);
        await UntilThereAsync(First, Second, Came);
        _clock.Now += TimeSpan.FromSeconds(15);
        await UntilThereAsync(First, Came);

        // The address goes on to another node, with its tunnels.
        _node.Addresses.Here = [];
        await UntilThereAsync(Came);
        KernelActor.Tell(new ReleaseRestored(Came), TestActor);
        await AssertNothingLeftAsync();
    }

    [Fact]
    public async Task A_node_that_stops_leaves_nothing_of_what_was_prepared_and_all_that_came()
    {
        await PrepareAsync(First, Second, Came);
        _node.Addresses.Here = [.. Addresses.Select(one => one.Address)];
        Assert.True(_node.Sessions.TryEnter(Came));
        await _actor.GracefulStop(TimeSpan.FromSeconds(20));
        Assert.Equal([Came], await ThereAsync());
        KernelActor.Tell(new ReleaseRestored(Came), TestActor);
        await AssertNothingLeftAsync();
    }

    /// <summary>Their SAs are in the kernel, as another node has asked for.</summary>
    private async Task PrepareAsync(params SessionId[] sessions)
    {
        await CountsAsync();
        KernelActor.Tell(new RestoreSas([.. sessions.Select(Child)], Cancel), TestActor);
        Assert.Equal(sessions.Length, (await ExpectMsgAsync<SasRestored>(cancellationToken: Cancel)).Installed);
        await NoteAsync(sessions);
    }

    private async Task NoteAsync(params SessionId[] sessions)
    {
        _actor.Tell(new PrepareSessions(sessions), TestActor);
        await ExpectMsgAsync<SessionsPrepared>(cancellationToken: Cancel);
    }

    private Task UntilThereAsync(params SessionId[] sessions) => AwaitAssertAsync(
        async () => Assert.Equal(sessions, await ThereAsync()), TimeSpan.FromSeconds(20), TimeSpan.FromMilliseconds(20), Cancel);

    private async Task<SessionId[]> ThereAsync()
    {
        await CountsAsync();
        return [.. Kernel.DumpSas().Where(sa => sa.Id.Spi >> 28 == 0xc).Select(sa => new SessionId(((ulong)(sa.Id.Spi & 0xff) << 48) | 1)).Order(Comparer<SessionId>.Create((a, b) => a.Value.CompareTo(b.Value)))];
    }

    private static RestorableChild Child(SessionId session)
    {
        uint inbound = 0xc0000000 | session.Shard;
        InstallSas install = new(Samples.Parameters(peerSpi: 0xa0000000 | session.Shard, remote: $"10.{100 + session.Shard}.0.0/24"), Samples.Child(), inbound, 5);
        return new RestorableChild(session, 1, 1, install, inbound, Samples.Local.Address, false, 10, 20, 0);
    }
}
