using System.Net;
using Akka.Actor;
using Akka.TestKit;
using Concentrator.Actors.ChildSa;
using Concentrator.Actors.IkeSa;
using Concentrator.Actors.Node;
using Concentrator.Actors.Routing;
using Concentrator.Ike.Session;
using Concentrator.Kernel;

namespace Concentrator.Actors.Tests.ChildSa;

/// <summary>A CHILD_SA actor and the real KernelActor, when the ends of the tunnel change.</summary>
public class MoveTests : ActorFixture
{
    private static readonly IPEndPoint NewRemote = new(IPAddress.Parse("203.0.113.9"), 40_000);
    private static readonly MoveChild Move = new(new IPEndPoint(Samples.Local.Address, 4500), NewRemote, UdpEncapsulation: true);

    private readonly TestProbe _ikeSa;
    private uint? _inboundSpi;

    public MoveTests() => _ikeSa = CreateTestProbe("ike-sa");

    [Fact]
    public async Task A_child_goes_where_it_is_told_and_says_nothing()
    {
        IActorRef child = await InstallAsync();
        child.Tell(Move, _ikeSa);
        await AwaitAssertAsync(() => Assert.Contains(Kernel.DumpSas(), sa => sa.Id.Destination.Equals(NewRemote.Address)), TimeSpan.FromSeconds(20), cancellationToken: Cancel);
        Assert.Equal(new TableCounts(0, 2, 3, 0), await CountsAsync());
        Assert.All(Kernel.DumpPolicies(), policy => Assert.Contains(NewRemote.Address, new[] { policy.Tunnel?.Source, policy.Tunnel?.Destination }));
        child.Tell(new RemoveChild("over"), _ikeSa);
        Expect<ChildRemoved>();
        await AssertNothingLeftAsync();
    }

    // F4: whatever is refused, and however often, the peer is told, and nothing is left.
    public static TheoryData<string, int> Refusals
    {
        get
        {
            TheoryData<string, int> data = [];
            foreach (string step in Steps.Keys)
                foreach (int error in new[] { Errno.EINVAL, Errno.ENOMEM, Errno.EPERM, Errno.ETIMEDOUT }) data.Add(step, error);
            return data;
        }
    }

    private static readonly Dictionary<string, Func<XfrmRequest, bool>> Steps = new()
    {
        ["reading"] = request => request is ReadSa,
        ["inbound SA"] = request => request is AddSa { Sa.Direction: XfrmDirection.In },
        ["outbound SA"] = request => request is AddSa { Sa.Direction: XfrmDirection.Out },
        ["policy"] = request => request is UpdatePolicy,
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task A_child_that_cannot_move_is_deleted_at_the_peer(string step, int error)
    {
        IActorRef child = await InstallAsync();
        Kernel.Refuse(Steps[step], error);
        child.Tell(Move, _ikeSa);
        RefusalVerdict verdict = Expect<ChildRefused>().Verdict;
        Assert.Equal((_inboundSpi, RetryAdvice.BackOff), (verdict.DeleteSpi, verdict.Retry));
        Kernel.ClearFaults();
        await AssertNothingLeftAsync();
    }

    [Fact]
    public async Task A_mapping_that_the_kernel_sees_is_told_once_a_second_at_the_most()
    {
        IActorRef child = await InstallAsync();
        SaInfo inbound = Kernel.DumpSas().Single(sa => sa.Id.Destination.Equals(Samples.Local.Address));
        for (int i = 0; i < 50; i++) Kernel.Raise(new Mapping(inbound.Id, inbound.ReqId, NewRemote.Address, (ushort)NewRemote.Port));
        Assert.Equal(new MappingChanged(1, NewRemote), Expect<MappingChanged>());
        Kernel.Raise(new Mapping(inbound.Id, inbound.ReqId, NewRemote.Address, 40_001));
        Assert.Equal(40_001, Expect<MappingChanged>().Remote.Port);
        _ikeSa.ExpectNoMsg(TimeSpan.FromMilliseconds(100), Cancel);

        // Of an SA that is nobody's nothing is told.
        Kernel.Raise(new Mapping(inbound.Id with { Spi = 0x4242 }, 0, NewRemote.Address, 1));
        child.Tell(new RemoveChild("over"), _ikeSa);
        Expect<ChildRemoved>();
        await AssertNothingLeftAsync();
    }

    private async Task<IActorRef> InstallAsync()
    {
        await CountsAsync();
        SessionId session = new(1);
        IActorRef child = _ikeSa.ChildActorOf(ChildSaActor.Props(Node, new ChildSaBirth(
            Samples.Plan(isInitiator: false), new ChildSaName("net", 1), new IkeSaName(session, "moon", 1), new SessionEntry(session), ReqId: 7)), Cancel);
        child.Tell(new InstallChild(Samples.Parameters()), _ikeSa);
        _inboundSpi = Expect<ChildInstalled>().InboundSpi;
        return child;
    }

    private T Expect<T>() => _ikeSa.ExpectMsg<T>(TimeSpan.FromSeconds(20), cancellationToken: Cancel);
}
