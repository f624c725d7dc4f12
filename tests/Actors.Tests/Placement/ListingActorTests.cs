using System.Net;
using Akka.Actor;
using Concentrator.Actors.ChildSa;
using Concentrator.Actors.IkeSa;
using Concentrator.Actors.Messages;
using Concentrator.Actors.Node;
using Concentrator.Actors.Placement;
using Concentrator.Actors.Routing;
using Concentrator.Ike.Selectors;
using Concentrator.Ike.Session;

namespace Concentrator.Actors.Tests.Placement;

/// <summary>Long lists come in pages, each of which fits into a message between nodes.</summary>
public class ListingActorTests : ActorFixture
{
    /// <summary>akka.remote.dot-netty.tcp.maximum-frame-size, less the envelope.</summary>
    private const int LongestMessage = 120_000;

    private readonly IActorRef _listing;
    private readonly ClusterSerializer _serializer;

    public ListingActorTests()
    {
        _listing = Sys.ActorOf(Concentrator.Actors.Placement.ListingActor.Props(Node));
        _serializer = new ClusterSerializer((ExtendedActorSystem)Sys, Node);
    }

    [Theory]
    [InlineData(20_000, 1)]
    [InlineData(500, 3)]
    [InlineData(3, 256)]
    [InlineData(100, 0)]
    [InlineData(0, 0)]
    public async Task All_are_listed_once_and_in_order(int ikeSas, int children)
    {
        for (int number = ikeSas; number > 0; number--) Enter(number, children);

        List<int> listed = [];
        for (int? after = 0; after is { } next;)
        {
            IkeSasListed page = await AskAsync(next, withTraffic: false);
            Assert.InRange(_serializer.ToBinary(page).Length, 0, LongestMessage);
            Assert.InRange(page.IkeSas.Count, ikeSas == 0 ? 0 : 1, 100);
            listed.AddRange(page.IkeSas.Select(placed => placed.IkeSa.Number));
            after = page.Next;
        }

        Assert.Equal(Enumerable.Range(1, ikeSas), listed);
    }

    [Fact]
    public async Task What_the_kernel_has_counted_is_on_the_page_where_it_is_asked_for()
    {
        Enter(1, 1);
        ListedIkeSa listed = Assert.Single((await AskAsync(0, withTraffic: true)).IkeSas);
        // The kernel of the fixture has no such SA.
        Assert.Equal(new ChildTraffic(null, null), Assert.Single(listed.Traffic).Value);
    }

    // Its first message is on its way; it has neither name nor number.
    [Fact]
    public async Task One_whose_actor_is_not_there_yet_is_not_listed()
    {
        Node.Sessions.TryEnter(new SessionId(5));
        Assert.Empty((await AskAsync(0, withTraffic: false)).IkeSas);
    }

    private Task<IkeSasListed> AskAsync(int after, bool withTraffic) =>
        _listing.Ask<IkeSasListed>(new ListIkeSas(after, 100, withTraffic), TimeSpan.FromSeconds(10), Cancel);

    private void Enter(int number, int children)
    {
        SessionId session = new((ulong)number);
        Node.Sessions.TryEnter(session);
        Assert.True(Node.Sessions.TryFind(session, out SessionEntry? entry));
        entry.Show(new IkeSaSnapshot(
            session, "a-connection-with-a-long-name", number, IkeSaState.Established, true, session.Spi().Value, 2, new IPEndPoint(IPAddress.IPv6Loopback, 4500),
            new IPEndPoint(IPAddress.IPv6Loopback, 4501), "CN=gateway.example.org, O=Example", $"CN=peer-{number}.example.org, O=Example", []));
        TrafficSelector net = TrafficSelector.Parse("2001:db8::/32");
        for (uint child = 1; child <= children; child++)
        {
            entry.Show(new ChildSaSnapshot(child, "a-child-with-a-long-name", (int)child, ChildSaState.Installed, 0xc0000000 + child, child)
            {
                Details = new ChildSaDetails(Samples.Gcm, false, true, child, [net, net], [net, net], DateTimeOffset.UnixEpoch, null),
            });
        }
    }
}
