using Concentrator.Actors.Routing;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Session;
using Concentrator.Ike.Wire;

namespace Concentrator.Actors.Tests.Routing;

/// <summary>Clients that follow are sent elsewhere before there is any state (RFC 5685 §3).</summary>
public sealed class GateRedirectTests : IDisposable
{
    private static readonly byte[] Nonce = [.. Enumerable.Range(0, 32).Select(i => (byte)(i * 3))];

    private readonly GateFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Theory]
    [InlineData("192.0.2.77", NotifyType.RedirectSupported)]
    [InlineData("2001:db8::77", NotifyType.RedirectSupported)]
    [InlineData("gw.example.org", NotifyType.RedirectedFrom)]
    public void One_that_follows_gets_the_gateway_and_its_own_nonce(string gateway, NotifyType says)
    {
        _fixture.Gate.Elsewhere = GatewayIdentity.Parse(gateway)!.Write(default);
        GateVerdict verdict = _fixture.Judge(Request(says));
        Assert.Equal((GateAction.Answer, DropReason.Redirected), (verdict.Action, verdict.Reason));

        IkeMessage answer = _fixture.AnswerTo(verdict);
        NotifyPayload notify = Assert.IsType<NotifyPayload>(Assert.Single(answer.Payloads));
        Assert.Equal(NotifyType.Redirect, notify.NotifyType);
        Assert.Equal(gateway, GatewayIdentity.Read(notify.Data.Span, out ReadOnlySpan<byte> nonce)!.ToString());
        Assert.Equal(Nonce, nonce.ToArray());
        Assert.Equal((0x1111UL, 0UL, 0u, true), (answer.Header.InitiatorSpi, answer.Header.ResponderSpi, answer.Header.MessageId, answer.Header.IsResponse));
    }

    [Fact]
    public void One_that_does_not_follow_begins_here()
    {
        _fixture.Gate.Elsewhere = GatewayIdentity.Parse("192.0.2.77")!.Write(default);
        Assert.Equal(GateAction.Begin, _fixture.Judge(GateFixture.InitRequest()).Action);
    }

    [Fact]
    public void Of_a_node_that_is_drained_those_that_follow_are_sent_on_and_the_others_are_not_heard()
    {
        _fixture.Gate.IsClosed = true;
        Assert.Equal(DropReason.ShuttingDown, _fixture.Judge(Request(NotifyType.RedirectSupported)).Reason);
        _fixture.Gate.Elsewhere = GatewayIdentity.Parse("192.0.2.77")!.Write(default);
        Assert.Equal(DropReason.Redirected, _fixture.Judge(Request(NotifyType.RedirectSupported)).Reason);
        Assert.Equal((GateAction.Drop, DropReason.ShuttingDown), (_fixture.Judge(GateFixture.InitRequest()).Action, _fixture.Judge(GateFixture.InitRequest()).Reason));
    }

    /// <summary>Of nodes that balance newcomers each may take the other for the one that has fewer.</summary>
    [Fact]
    public void Where_newcomers_are_sent_only_once_those_who_were_sent_here_stay_unless_nothing_begins_here()
    {
        _fixture.Gate.Elsewhere = GatewayIdentity.Parse("192.0.2.77")!.Write(default);
        _fixture.Gate.RedirectsOnlyOnce = true;
        Assert.Equal(DropReason.Redirected, _fixture.Judge(Request(NotifyType.RedirectSupported)).Reason);
        Assert.Equal(GateAction.Begin, _fixture.Judge(Request(NotifyType.RedirectedFrom)).Action);
        _fixture.Gate.IsClosed = true;
        Assert.Equal(DropReason.Redirected, _fixture.Judge(Request(NotifyType.RedirectedFrom)).Reason);
    }

    [Fact]
    public void At_an_address_that_goes_nothing_begins()
    {
        _fixture.Gate.IsMoving = true;
        Assert.Equal(DropReason.AddressMoves, _fixture.Judge(GateFixture.InitRequest()).Reason);
        _fixture.Gate.IsMoving = false;
        _fixture.Gate.Leaves = _ => true;
        Assert.Equal(DropReason.AddressMoves, _fixture.Judge(GateFixture.InitRequest()).Reason);
        _fixture.Gate.Leaves = _ => false;
        Assert.Equal(GateAction.Begin, _fixture.Judge(GateFixture.InitRequest()).Action);
    }

    [Fact]
    public void Nobody_is_sent_away_without_a_place_to_go_to()
    {
        Assert.Equal(GateAction.Begin, _fixture.Judge(Request(NotifyType.RedirectSupported)).Action);
        _fixture.Gate.Elsewhere = GatewayIdentity.Parse("192.0.2.77")!.Write(default);
        Assert.Equal(GateAction.Answer, _fixture.Judge(Request(NotifyType.RedirectSupported)).Action);
        _fixture.Gate.Elsewhere = null;
        Assert.Equal(GateAction.Begin, _fixture.Judge(Request(NotifyType.RedirectSupported)).Action);
    }

    /// <summary>What is short and names a long gateway would make us a lever; and a nonce of no legal length is none.</summary>
    [Theory]
    [InlineData(32, false, true)]
    [InlineData(32, true, false)]
    [InlineData(15, false, false)]
    [InlineData(257, false, false)]
    public void The_answer_is_never_longer_than_the_request(int nonce, bool isLong, bool isSent)
    {
        _fixture.Gate.Elsewhere = GatewayIdentity.Parse(isLong ? string.Concat(Enumerable.Repeat("abcdefgh.", 25)) + "org" : "192.0.2.77")!.Write(default);
        byte[] request = Request(NotifyType.RedirectSupported, new byte[nonce]);
        GateVerdict verdict = _fixture.Judge(request);
        Assert.Equal(isSent ? GateAction.Answer : GateAction.Begin, verdict.Action);
        Assert.InRange(verdict.AnswerLength, 0, request.Length);
    }

    private static byte[] Request(NotifyType says, byte[]? nonce = null)
    {
        IkeHeader header = new(0x1111, 0, PayloadType.None, IkeHeader.Version2, ExchangeType.IkeSaInit, IkeFlags.Initiator, 0, 0);
        return MessageCodec.WriteClear(
            header, [new KePayload(KeyExchangeMethod.Curve25519, new byte[32]), new NoncePayload(nonce ?? Nonce), new NotifyPayload(says)]);
    }
}
