using Akka.Actor;
using Concentrator.Actors.IkeSa;
using Concentrator.Actors.Node;
using Concentrator.Actors.Routing;
using Concentrator.Actors.Store;
using Concentrator.Actors.Tests.Certificates;

namespace Concentrator.Actors.Tests.Store;

/// <summary>Ten thousand sessions that wake leave room for those that come anew: no more are under way than can be passed by.</summary>
public class WakeActorTests : ActorFixture
{
    private const int Herd = 1000;
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(200);

    private readonly Clock _clock = new(DateTimeOffset.UnixEpoch) { StandsStill = true };
    private readonly NodeContext _node;
    private readonly IActorRef _waker;

    public WakeActorTests()
    {
        _node = new NodeContext(_clock)
        {
            Options = new NodeOptions { WakeRate = 1_000_000 },
            Log = Node.Log,
            Minter = Node.Minter,
            Transport = Node.Transport,
            Session = Node.Session,
            Actors = Node.Actors,
        };
        for (ulong i = 0; i < Herd; i++) Assert.True(_node.Sessions.TryEnter(new SessionId(i)));
        _waker = Sys.ActorOf(WakeActor.Props(_node));
    }

    [Fact]
    public void Others_are_woken_as_those_before_them_are_awake_and_stored()
    {
        _waker.Tell(new WakeSessions([.. _node.Sessions.Sessions]));
        List<SessionId> waking = Woken(WakeActor.MostWaking);
        Region.ExpectNoMsg(Quiet, Cancel);

        // Awake, but not stored; awake and stored; gone.
        SessionEntry[] entries = [.. waking.Select(Entry)];
        foreach (SessionEntry busy in entries.Take(100)) busy.Take();
        Region.ExpectNoMsg(Quiet, Cancel);
        foreach (SessionEntry stored in entries.Take(50)) stored.ShowStored(1);
        Woken(50);
        foreach (SessionEntry over in entries.Skip(100).Take(50)) _node.Sessions.Remove(over);
        Woken(50);
        Region.ExpectNoMsg(Quiet, Cancel);
    }

    // A database that is away lets nobody be stored.
    [Fact]
    public void It_is_waited_for_none_longer_than_a_second()
    {
        _waker.Tell(new WakeSessions([.. _node.Sessions.Sessions]));
        List<SessionId> woken = Woken(WakeActor.MostWaking);
        Region.ExpectNoMsg(Quiet, Cancel);
        for (int left = Herd - WakeActor.MostWaking; left > 0; left -= WakeActor.MostWaking)
        {
            _clock.Now += TimeSpan.FromSeconds(1);
            woken.AddRange(Woken(Math.Min(left, WakeActor.MostWaking)));
        }

        Assert.Equal(Herd, woken.Distinct().Count());
        Region.ExpectNoMsg(Quiet, Cancel);
    }

    [Fact]
    public void Who_is_awake_or_gone_by_then_is_left_alone()
    {
        SessionId[] sessions = [.. _node.Sessions.Sessions.Take(10)];
        Entry(sessions[0]).Take();
        _node.Sessions.Remove(Entry(sessions[1]));
        _waker.Tell(new WakeSessions(sessions));
        Assert.Equal(sessions[2..], Woken(8));
        Region.ExpectNoMsg(Quiet, Cancel);
    }

    private List<SessionId> Woken(int count) => [.. Enumerable.Range(0, count).Select(_ => Region.ExpectMsg<WakeSession>(cancellationToken: Cancel).Session)];

    private SessionEntry Entry(SessionId session) => _node.Sessions.TryFind(session, out SessionEntry? entry) ? entry : throw new InvalidOperationException();
}
