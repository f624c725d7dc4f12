using System.Net;
using Akka.Actor;
using Akka.Cluster;
using Akka.TestKit;
using Concentrator.Actors.Clustering.Addresses;
using Concentrator.Actors.Draining;
using Concentrator.Actors.Node;
using Concentrator.Kernel;
using AkkaCluster = Akka.Cluster.Cluster;

namespace Concentrator.Actors.Tests.Clustering.Addresses;

/// <summary>What a node believes of who has the addresses; the coordinator is a probe, and so is who prepares the other node.</summary>
public sealed class ServiceAddressActorTests : ActorFixture
{
    private const string Other = "192.0.2.9:4700#9";
    private static readonly IPAddress Address = IPAddress.Parse("192.0.2.101");

    private readonly AddressSegment _segment = new();
    private readonly TestProbe _coordinator, _handOver;
    private readonly NodeContext _node;
    private IActorRef _actor = null!;
    private long _grants;

    public ServiceAddressActorTests()
        : base(isMember: true)
    {
        ServiceAddress[] addresses = [new(Address, 32, "eth0")];
        _coordinator = CreateTestProbe();
        _handOver = CreateTestProbe("hand-over");
        _node = new NodeContext(TimeProvider.System)
        {
            Options = Node.Options with { ServiceAddresses = addresses },
            Log = Node.Log,
            Minter = Node.Minter,
            Transport = Node.Transport,
            Session = Node.Session,
            Addresses = new AddressBoard(addresses),
            Actors = Node.Actors with { HandOver = _handOver },
        };
    }

    private AkkaCluster Cluster => AkkaCluster.Get(Sys);

    private string Self => NodeKey.Of(Cluster.SelfUniqueAddress);

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Sys.ActorOf(Props.Create(() => new Forwarder(_coordinator)), AddressCoordinatorActor.Name);
        Cluster.Join(Cluster.SelfAddress);
        await AwaitConditionAsync(() => Task.FromResult(Cluster.SelfMember.Status == MemberStatus.Up), TimeSpan.FromSeconds(20), cancellationToken: Cancel);
        _actor = Sys.ActorOf(ServiceAddressActor.Props(_node, () => _segment.Open("here")));
    }

    /// <summary>Else its own shards would be led back here, while they follow the address.</summary>
    [Fact]
    public async Task What_was_given_up_counts_as_the_others_until_the_coordinator_knows_it_and_no_longer()
    {
        await GrantAsync(holder: Self, [Address]);
        Assert.Equal([Address], _segment.Of("here"));
        Assert.Equal(Self, _node.Addresses.Holders[Address]);

        await GrantAsync(holder: Self, [Address], successor: Other);
        PrepareAddress prepare = await _handOver.ExpectMsgAsync<PrepareAddress>(cancellationToken: Cancel);
        Assert.Equal((Address, Other), (prepare.Address, prepare.Node));
        Assert.Equal([Address], _node.Addresses.Moving);
        long known = (await _coordinator.ExpectMsgAsync<AddressReport>(cancellationToken: Cancel)).Number;
        _handOver.Reply(new AddressPrepared(Address, Other, 3, 0, null));
        await _coordinator.FishForMessageAsync<AddressReport>(report => report.Held.Count == 0, cancellationToken: Cancel);
        Assert.Empty(_segment.Of("here"));
        Assert.Equal(Other, _node.Addresses.Holders[Address]);

        // Sent before the coordinator heard of it: it prolongs what is not here any more.
        await GrantAsync(holder: Self, [Address], echo: known);
        Assert.Empty(_segment.Of("here"));
        Assert.Equal(Other, _node.Addresses.Holders[Address]);

        // It has heard. What it says from now on is so.
        await GrantAsync(holder: Other, []);
        Assert.Equal(Other, _node.Addresses.Holders[Address]);
        await GrantAsync(holder: Self, [Address]);
        Assert.Equal([Address], _segment.Of("here"));
        Assert.Equal(Self, _node.Addresses.Holders[Address]);
    }

    /// <summary>Returns when it has been carried out.</summary>
    private async Task GrantAsync(string holder, IReadOnlyList<IPAddress> addresses, string? successor = null, long? echo = null)
    {
        AddressReport report = await _coordinator.FishForMessageAsync<AddressReport>(_ => !_coordinator.HasMessages, cancellationToken: Cancel);
        AddressGrant grant = new(Self, ++_grants, echo ?? report.Number, IsDecided: true, addresses, new Dictionary<IPAddress, string> { [Address] = holder })
        {
            Successors = successor is null ? new Dictionary<IPAddress, string>() : new Dictionary<IPAddress, string> { [Address] = successor },
        };
        _actor.Tell(grant, _coordinator);
        await _coordinator.FishForMessageAsync<AddressReport>(next => next.Echo == grant.Number, cancellationToken: Cancel);
    }

    private sealed class Forwarder(IActorRef to) : UntypedActor
    {
        protected override void OnReceive(object message) => to.Forward(message);
    }
}
