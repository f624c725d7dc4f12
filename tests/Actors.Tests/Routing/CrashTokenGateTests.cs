using Concentrator.Actors.Routing;
using Concentrator.Ike;
using Concentrator.Ike.Crypto;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Session;
using Concentrator.Ike.Wire;
using Concentrator.Tests.Shared;

namespace Concentrator.Actors.Tests.Routing;

/// <summary>When the gate shows a token of quick crash detection, and above all when it does not (RFC 6290 §4.5, §9).</summary>
public sealed class CrashTokenGateTests : IDisposable
{
    private const ulong Ours = 0x42_0000_0000_0001_00, Theirs = 0x1122_3344_5566_7788;

    private readonly CrashTokens _tokens = new(new Secret(new byte[32]));
    private readonly GateFixture _fixture;

    public CrashTokenGateTests() => _fixture = new GateFixture(tokens: _tokens);

    public void Dispose()
    {
        _fixture.Dispose();
        _tokens.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_protected_request_to_a_forgotten_ike_sa_is_answered_with_its_token(bool fromInitiator)
    {
        GateVerdict verdict = _fixture.Judge(Request(fromInitiator));
        Assert.Equal((GateAction.Answer, DropReason.UnknownSpi), (verdict.Action, verdict.Reason));

        IkeMessage answer = _fixture.AnswerTo(verdict);
        Assert.Equal([NotifyType.InvalidIkeSpi, NotifyType.QuickCrashDetection], answer.Notifies.Select(n => n.NotifyType));
        byte[] expected = new byte[CrashTokens.Length];
        _tokens.Write(Ours, Theirs, expected);
        NotifyPayload token = answer.Notifies.Last();
        Assert.Equal(expected, token.Data.ToArray());
        Assert.Equal((ProtocolId.Ike, 0), (token.Protocol, token.Spi.Length));
        // RFC 7296 §1.5: SPIs, message id and exchange are the request's.
        Assert.Equal((2u, ExchangeType.Informational, true), (answer.Header.MessageId, answer.Header.Exchange, answer.Header.IsResponse));
        Assert.Equal(!fromInitiator, answer.Header.IsFromOriginalInitiator);
    }

    [Fact]
    public void The_answer_is_no_amplifier() => Assert.InRange(_fixture.Judge(Request(true)).AnswerLength, 1, Request(true).Length);

    [Fact]
    public void An_ike_sa_that_lives_gets_none_whichever_way_its_spis_are_turned()
    {
        _fixture.Sessions.TryEnter(SessionId.Of(new IkeSpi(Ours)));
        Assert.Equal(GateAction.Deliver, _fixture.Judge(Request(true)).Action);

        // The I flag is turned round: the peer's SPI is looked up as ours, and is not found.
        foreach (bool swap in new[] { true, false })
        {
            byte[] turned = GateFixture.Protected(swap ? Ours : Theirs, swap ? Theirs : Ours, swap ? IkeFlags.Initiator : IkeFlags.None);
            GateVerdict verdict = _fixture.Judge(turned);
            Assert.Equal(GateAction.Answer, verdict.Action);
            Assert.Equal(NotifyType.InvalidIkeSpi, Assert.Single(_fixture.AnswerTo(verdict).Notifies).NotifyType);
        }
    }

    [Fact]
    public void Any_generation_of_a_lineage_that_lives_gets_none()
    {
        _fixture.Sessions.TryEnter(SessionId.Of(new IkeSpi(Ours)));
        for (ulong generation = 0; generation < 256; generation++)
            Assert.Equal(GateAction.Deliver, _fixture.Judge(GateFixture.Protected(Theirs, Ours | generation, IkeFlags.Initiator)).Action);
    }

    [Fact]
    public void What_lives_on_another_node_gets_none_here()
    {
        _fixture.Gate.Shards = LocalShards.Of([1]);
        Assert.Equal(GateAction.Deliver, _fixture.Judge(Request(true)).Action);
    }

    [Fact]
    public void A_response_gets_none() => Assert.Equal(
        GateVerdict.Drop(DropReason.UnknownSpi), _fixture.Judge(GateFixture.Protected(Theirs, Ours, IkeFlags.Initiator | IkeFlags.Response)));

    [Fact]
    public void What_does_not_even_look_protected_gets_none()
    {
        IkeHeader header = new(Theirs, Ours, PayloadType.None, IkeHeader.Version2, ExchangeType.Informational, IkeFlags.Initiator, 2, 0);
        GateVerdict verdict = _fixture.Judge(MessageCodec.WriteClear(header, [new NotifyPayload(NotifyType.InvalidSyntax, new byte[64])]));
        Assert.Single(_fixture.AnswerTo(verdict).Notifies);
    }

    [Fact]
    public void Tokens_are_shown_no_faster_than_other_answers()
    {
        int answers = 0;
        for (int i = 0; i < 10_000; i++)
        {
            if (_fixture.Judge(GateFixture.Protected(Theirs, Ours + (ulong)i * 256, IkeFlags.Initiator), seconds: i * 0.0001).Action == GateAction.Answer) answers++;
        }

        Assert.InRange(answers, 200, 301);
    }

    [Fact]
    public void Without_a_secret_that_outlives_us_there_is_none()
    {
        using GateFixture plain = new();
        Assert.Single(plain.AnswerTo(plain.Judge(Request(true))).Notifies);
    }

    [Fact]
    public void Showing_one_allocates_nothing()
    {
        byte[] request = Request(true);
        for (int i = 0; i < 100; i++) _fixture.Judge(request, seconds: i);
        int seconds = 100;
        Assert.Equal(0, Allocations.Least(() =>
        {
            for (int i = 0; i < 100; i++) _fixture.Judge(request, seconds: seconds++);
        }));
    }

    [Fact]
    public void The_hint_about_esp_of_a_stranger_is_a_message_that_nobody_answers()
    {
        byte[] hint = new byte[UnprotectedAnswer.MaxLength];
        int length = UnprotectedAnswer.WriteInvalidSpi(hint, 0xdeadbeef);
        IkeMessage message = MessageCodec.ParseClear(hint.AsSpan(0, length)).Message!;
        Assert.Equal((0UL, 0UL, IkeFlags.Initiator), (message.Header.InitiatorSpi, message.Header.ResponderSpi, message.Header.Flags));
        Assert.Equal([0xde, 0xad, 0xbe, 0xef], Assert.Single(message.Notifies).Data.ToArray());
        Assert.Equal(GateVerdict.Drop(DropReason.BadHeader), _fixture.Judge(hint[..length]));
    }

    private static byte[] Request(bool fromInitiator) => fromInitiator
        ? GateFixture.Protected(Theirs, Ours, IkeFlags.Initiator)
        : GateFixture.Protected(Ours, Theirs, IkeFlags.None);
}
