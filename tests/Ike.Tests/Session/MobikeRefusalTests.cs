using System.Net;
using System.Text;
using Concentrator.Ike.Crypto;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Session;
using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Tests.Session;

/// <summary>A peer that does MOBIKE wrongly, or meets a NAT that it does not want (RFC 4555 §3.5, §3.7, §3.9).</summary>
public sealed class MobikeRefusalTests
{
    private static readonly IPEndPoint Home = new(IPAddress.Parse("192.0.2.1"), 500), Away = new(IPAddress.Parse("198.51.100.1"), 500);
    private static readonly NotifyPayload Update = new(NotifyType.UpdateSaAddresses), Supported = new(NotifyType.MobikeSupported);

    private readonly Pair _pair = new(o => o.Mobike = true);

    private TestPeer Responder => _pair.Responder;

    [Fact]
    public void The_cookie_comes_back_and_the_move_is_done()
    {
        using HandmadeInitiator initiator = Establish();
        IkeMessage check = initiator.SendInformational(2, Away, Update)[^1];
        Assert.False(check.Header.IsResponse);
        Assert.Empty(initiator.Answer(check, Away, new NotifyPayload(NotifyType.Cookie2, check.Notify(NotifyType.Cookie2)!.Data.ToArray())));
        Assert.Equal((IkeSaState.Established, Away), (Responder.Session.State, Responder.Session.Path!.Remote));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Another_cookie_or_none_closes_the_ike_sa(bool another)
    {
        using HandmadeInitiator initiator = Establish();
        IkeMessage check = initiator.SendInformational(2, Away, Update)[^1];
        List<IkeMessage> said = initiator.Answer(check, Away, another ? [new NotifyPayload(NotifyType.Cookie2, new byte[16])] : []);
        Assert.NotNull(Assert.Single(said).Find<DeletePayload>());
        Assert.Equal(IkeSaState.Deleting, Responder.Session.State);
    }

    [Fact]
    public void An_old_proof_moves_nothing_after_a_newer_update()
    {
        using HandmadeInitiator initiator = Establish();
        IkeMessage old = initiator.SendInformational(2, Away, Update)[^1];
        IPEndPoint third = new(IPAddress.Parse("203.0.113.1"), 500);
        initiator.SendInformational(3, third, Update);
        IkeMessage check = Assert.Single(initiator.Answer(old, Away, new NotifyPayload(NotifyType.Cookie2, old.Notify(NotifyType.Cookie2)!.Data.ToArray())));
        Assert.NotEqual(old.Notify(NotifyType.Cookie2)!.Data.ToArray(), check.Notify(NotifyType.Cookie2)!.Data.ToArray());
        Assert.Equal(third, Responder.Session.Path!.Remote);
    }

    [Theory]
    [InlineData("192.0.2.1", true)]
    [InlineData("10.0.0.1", false)]
    public void Who_wants_no_nat_gets_the_ike_sa_only_without_one(string source, bool isFree)
    {
        using HandmadeInitiator initiator = new(Responder);
        IkeMessage answer = Authenticate(initiator, Supported, NoNats(new IPEndPoint(IPAddress.Parse(source), 500)))!;
        Assert.Equal(isFree, answer.Notify(NotifyType.UnexpectedNatDetected) is null);
        Assert.Equal(isFree ? IkeSaState.Established : IkeSaState.Tombstone, Responder.Session.State);
    }

    [Theory]
    [InlineData("198.51.100.1", true)]
    [InlineData("10.0.0.1", false)]
    public void An_update_through_a_nat_that_is_not_wanted_moves_nothing(string source, bool isFree)
    {
        using HandmadeInitiator initiator = Establish();
        IkeMessage answer = initiator.SendInformational(2, Away, Update, NoNats(new IPEndPoint(IPAddress.Parse(source), 500)))[0];
        Assert.Equal(isFree, answer.Notify(NotifyType.UnexpectedNatDetected) is null);
        Assert.Equal(isFree ? Away : Home, Responder.Session.Path!.Remote);
    }

    // RFC 7296 §2.23: ESP in UDP is not for port 500.
    [Fact]
    public void An_update_from_behind_a_nat_on_port_500_moves_nothing()
    {
        using HandmadeInitiator initiator = Establish();
        IkeMessage answer = initiator.SendInformational(
            2, Away, Update, new NotifyPayload(NotifyType.NatDetectionSourceIp, new byte[20]), new NotifyPayload(NotifyType.NatDetectionDestinationIp, new byte[20]))[0];
        Assert.NotNull(answer.Notify(NotifyType.UnacceptableAddresses));
        Assert.Equal(Home, Responder.Session.Path!.Remote);
        Assert.Empty(Responder.Kernel.Moves);
    }

    [Fact]
    public void An_update_of_a_peer_that_never_said_that_it_knows_mobike_moves_nothing()
    {
        using HandmadeInitiator initiator = new(Responder);
        Authenticate(initiator);
        Assert.Empty(initiator.SendInformational(2, Away, Update)[0].Payloads);
        Assert.Equal(Home, Responder.Session.Path!.Remote);
    }

    [Theory]
    [InlineData(7)]
    [InlineData(65)]
    public void A_cookie_of_a_length_that_none_has_is_not_sent_back(int length)
    {
        using HandmadeInitiator initiator = Establish();
        Assert.Empty(initiator.SendInformational(2, Home, new NotifyPayload(NotifyType.Cookie2, new byte[length]))[0].Payloads);
    }

    [Fact]
    public void Nonsense_in_address_notifies_is_not_remembered_and_harms_nothing()
    {
        using HandmadeInitiator initiator = Establish();
        uint id = 2;
        for (int length = 0; length < 20; length++)
        {
            initiator.SendInformational(id++, Home, new NotifyPayload(NotifyType.AdditionalIp4Address, new byte[length]));
            initiator.SendInformational(id++, Home, new NotifyPayload(NotifyType.AdditionalIp6Address, new byte[length]));
            initiator.SendInformational(id++, Home, new NotifyPayload(NotifyType.NoNatsAllowed, new byte[length]));
        }

        Assert.Equal((IkeSaState.Established, Home), (Responder.Session.State, Responder.Session.Path!.Remote));
    }

    private HandmadeInitiator Establish()
    {
        HandmadeInitiator initiator = new(Responder);
        Authenticate(initiator, Supported);
        Assert.Equal(IkeSaState.Established, Responder.Session.State);
        return initiator;
    }

    private static IkeMessage? Authenticate(HandmadeInitiator initiator, params Payload[] more)
    {
        IdPayload id = IdPayload.Create(PayloadType.IdentificationInitiator, Identity.Parse("moon.example.org"));
        return initiator.SendAuth([id, initiator.SharedKeyAuth(id, Encoding.ASCII.GetBytes("correct horse")), .. more]);
    }

    private static NotifyPayload NoNats(IPEndPoint source) => new(
        NotifyType.NoNatsAllowed, (byte[])[.. source.Address.GetAddressBytes(), 192, 0, 2, 2, 0x01, 0xf4, 0x01, 0xf4]);
}
