using Concentrator.Ike.Registries;
using Concentrator.Ike.Session;
using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Tests.Session;

/// <summary>A NAT is found, and the peer stays on port 500 or goes over to 4500: ESP in UDP is for the latter alone (RFC 7296 §2.23).</summary>
public sealed class NatPortTests
{
    private static readonly NotifyPayload[] BehindNat =
    [
        new(NotifyType.NatDetectionSourceIp, new byte[20]), new(NotifyType.NatDetectionDestinationIp, new byte[20]),
    ];

    private readonly Pair _pair = new();

    private TestPeer Responder => _pair.Responder;

    [Fact]
    public void A_peer_that_stays_on_port_500_behind_a_nat_has_its_ike_sa_and_no_child()
    {
        using HandmadeInitiator initiator = new(Responder, BehindNat);
        Assert.Equal("IKE_AUTH response 1 [ IDr AUTH N(NO_PROP) ]", initiator.Authenticate()!.Summary);
        Assert.Equal(IkeSaState.Established, Responder.Session.State);

        IkeMessage more = initiator.Send(ExchangeType.CreateChildSa, HandmadeInitiator.EspOffer, new NoncePayload(new byte[32]), HandmadeInitiator.TsI, HandmadeInitiator.TsR)!;
        Assert.Equal("CREATE_CHILD_SA response 2 [ N(NO_PROP) ]", more.Summary);
        Assert.Empty(Responder.Kernel.Reserved);
        Assert.Equal(0, Responder.Kernel.InstallAttempts);
    }

    [Fact]
    public void Nor_do_we_ask_it_for_one()
    {
        using HandmadeInitiator initiator = new(Responder, BehindNat);
        initiator.Authenticate();
        _pair.Tell(Responder, new InitiateChild("net"));
        Assert.Empty(Responder.Outbox);
        Assert.Empty(Responder.Children);
        Assert.Contains(Responder.Events, e => e is ChildFailed { Name: "net", ByPeer: false });
    }

    [Fact]
    public void A_peer_that_goes_over_has_its_child_in_udp()
    {
        using HandmadeInitiator initiator = new(Responder, BehindNat) { IsOnNatPort = true };
        Assert.Equal("IKE_AUTH response 1 [ IDr AUTH SA TSi TSr ]", initiator.Authenticate()!.Summary);
        ChildSaParameters installed = Assert.Single(Responder.Kernel.Installed.Values);
        Assert.Equal((true, 4500, 4500), (installed.UdpEncapsulation, installed.LocalEndpoint.Port, installed.RemoteEndpoint.Port));
    }

    [Fact]
    public void Encapsulation_that_the_configuration_forces_needs_the_port_too()
    {
        Pair pair = new(o => o.ResponderConnection = c => c with { ForceEncapsulation = true });
        using HandmadeInitiator initiator = new(pair.Responder);
        Assert.Equal("IKE_AUTH response 1 [ IDr AUTH N(NO_PROP) ]", initiator.Authenticate()!.Summary);
        Assert.Empty(pair.Responder.Kernel.Installed);
    }
}
