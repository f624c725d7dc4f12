using Concentrator.Ike.Configuration;
using Concentrator.Ike.Crypto;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Session;
using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Tests.Session;

/// <summary>Quick crash detection (RFC 6290) between two IKE SAs: who tells a token, who believes one, and what a forger can do.</summary>
public sealed class CrashDetectionTests
{
    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void Tokens_travel_beside_auth_from_those_who_make_them(bool initiatorMakes, bool responderMakes)
    {
        Pair pair = Makers(initiatorMakes, responderMakes).Establish();
        Assert.Equal(initiatorMakes, pair.Initiator.Sent.Single(s => s.StartsWith("IKE_AUTH", StringComparison.Ordinal)).Contains("N(QCD_TOKEN)", StringComparison.Ordinal));
        Assert.Equal(responderMakes, pair.Responder.Sent.Single(s => s.StartsWith("IKE_AUTH", StringComparison.Ordinal)).Contains("N(QCD_TOKEN)", StringComparison.Ordinal));
        Assert.Equal(4, pair.Wire.Count);
    }

    // RFC 7296 §2.21.2: a peer that could not prove itself learns nothing.
    [Fact]
    public void Nobody_who_is_not_authenticated_gets_a_token()
    {
        Pair pair = Makers(false, true, o => o.ResponderKey = "another").Establish();
        Assert.DoesNotContain(pair.Responder.Sent, s => s.Contains("QCD_TOKEN", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_token_of_a_peer_that_forgot_ends_the_ike_sa_at_once(bool takerIsInitiator)
    {
        Pair pair = Makers(true, true, o =>
        {
            o.InitiatorChild = c => c with { DpdAction = ChildAction.Start };
            o.ResponderChild = c => c with { DpdAction = ChildAction.Trap };
        }).Establish();
        (TestPeer taker, TestPeer maker) = takerIsInitiator ? (pair.Initiator, pair.Responder) : (pair.Responder, pair.Initiator);
        int sent = taker.Sent.Count();

        pair.Inject(taker, Answer(taker, TokenOf(maker)));

        Assert.Equal(EndReason.PeerCrashed, taker.End);
        taker.AssertNothingLeft();
        Assert.Equal(sent, taker.Sent.Count());
        Assert.Single(taker.Told, told => takerIsInitiator ? told is CallAnew : told is LeaveTrap);
    }

    [Fact]
    public void Of_several_tokens_one_is_enough()
    {
        Pair pair = Makers(true, true).Establish();
        pair.Inject(pair.Initiator, Answer(pair.Initiator, new byte[16], new byte[128], TokenOf(pair.Responder)));
        Assert.Equal(EndReason.PeerCrashed, pair.Initiator.End);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("wrong")]
    [InlineData("short")]
    [InlineData("long")]
    [InlineData("empty")]
    [InlineData("own")]
    [InlineData("without INVALID_IKE_SPI")]
    [InlineData("other SPIs")]
    [InlineData("request")]
    [InlineData("role")]
    public void Anybody_elses_word_changes_nothing(string what)
    {
        Pair pair = Makers(true, true).Establish();
        TestPeer taker = pair.Initiator;
        byte[] token = TokenOf(pair.Responder);
        byte[] forged = what switch
        {
            "none" => Answer(taker),
            "wrong" => Answer(taker, [.. token.Select(b => (byte)~b)]),
            "short" => Answer(taker, token[..15]),
            "long" => Answer(taker, [.. token, 0]),
            "empty" => Answer(taker, []),
            "own" => Answer(taker, TokenOf(taker)),
            "without INVALID_IKE_SPI" => MessageCodec.WriteClear(Header(taker), [Token(token)]),
            "other SPIs" => Answer(taker, h => h with { ResponderSpi = h.ResponderSpi + 1 }, token),
            "request" => Answer(taker, h => h with { Flags = IkeFlags.None }, token),
            _ => Answer(taker, h => h with { Flags = h.Flags | IkeFlags.Initiator }, token),
        };

        int sent = taker.Sent.Count();
        TimeSpan? timer = taker.NextTimer;
        pair.Inject(taker, forged);

        Assert.Equal(IkeSaState.Established, taker.Session.State);
        Assert.Equal((sent, timer), (taker.Sent.Count(), taker.NextTimer));
        Assert.Single(taker.Drops);
        pair.Tell(taker, new InitiateChild("second"));
        Assert.Equal(2, taker.Kernel.Installed.Count);
    }

    // RFC 7296 §2.21.4: a hint, while a request of ours waits as well.
    [Fact]
    public void Without_a_token_an_unknown_spi_does_not_end_an_exchange_that_waits()
    {
        Pair pair = new Pair().Establish();
        bool isDeaf = true;
        pair.Network = (packet, _) => isDeaf ? null : packet;
        pair.Tell(pair.Initiator, new InitiateChild("second"));
        pair.Inject(pair.Initiator, Answer(pair.Initiator, h => h with { Exchange = ExchangeType.CreateChildSa, MessageId = 2 }));
        isDeaf = false;
        pair.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(2, pair.Initiator.Kernel.Installed.Count);
    }

    // RFC 6290 §4.3
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void After_a_rekeying_both_sides_have_the_tokens_of_the_new_ike_sa(bool byInitiator)
    {
        Pair pair = Makers(true, true).Establish();
        byte[] stale = TokenOf(pair.Responder);
        (TestPeer asker, TestPeer answerer) = byInitiator ? (pair.Initiator, pair.Responder) : (pair.Responder, pair.Initiator);
        pair.Tell(asker, new RekeyIkeSa());

        Assert.Contains(answerer.Sent, s => s.StartsWith("CREATE_CHILD_SA response", StringComparison.Ordinal) && s.Contains("QCD_TOKEN", StringComparison.Ordinal));
        Assert.Contains(asker.Sent, s => s.StartsWith("INFORMATIONAL request 0", StringComparison.Ordinal) && s.Contains("QCD_TOKEN", StringComparison.Ordinal));
        foreach (TestPeer taker in new[] { pair.Initiator, pair.Responder })
        {
            pair.Inject(taker, Answer(taker, stale));
            Assert.Equal(IkeSaState.Established, taker.Session.State);
            pair.Inject(taker, Answer(taker, TokenOf(taker == pair.Initiator ? pair.Responder : pair.Initiator)));
            Assert.Equal(EndReason.PeerCrashed, taker.End);
        }
    }

    // What was deleted in good order is unknown there by right.
    [Fact]
    public void The_token_of_a_replaced_ike_sa_says_nothing_about_the_new_one()
    {
        Pair pair = Makers(true, true).Establish();
        (IkeHeader old, byte[] token) = (Header(pair.Initiator), TokenOf(pair.Responder));
        pair.Tell(pair.Responder, new RekeyIkeSa());
        pair.Inject(pair.Initiator, MessageCodec.WriteClear(old, [new NotifyPayload(NotifyType.InvalidIkeSpi), Token(token)]));
        Assert.Equal(IkeSaState.Established, pair.Initiator.Session.State);
    }

    [Fact]
    public void A_token_depends_on_whose_spi_is_whose()
    {
        using CrashTokens maker = new(new Secret(new byte[32]));
        byte[] one = new byte[CrashTokens.Length], other = new byte[CrashTokens.Length];
        maker.Write(1, 2, one);
        maker.Write(2, 1, other);
        Assert.NotEqual(one, other);
    }

    private static Pair Makers(bool initiator, bool responder, Action<PairOptions>? more = null) => new(o =>
    {
        if (initiator) o.InitiatorSession = c => c with { CrashTokens = new CrashTokens(new Secret(new byte[32])) };
        if (responder) o.ResponderSession = c => c with { CrashTokens = new CrashTokens(new Secret([.. Enumerable.Repeat((byte)7, 32)])) };
        more?.Invoke(o);
    });

    /// <summary>What its router would show after a restart.</summary>
    private static byte[] TokenOf(TestPeer maker)
    {
        byte[] token = new byte[CrashTokens.Length];
        maker.Context.CrashTokens!.Write(maker.Session.LocalSpi, maker.Session.RemoteSpi, token);
        return token;
    }

    /// <summary>Of a response of the other side, on the IKE SA in use.</summary>
    private static IkeHeader Header(TestPeer to) => to.LastHeader with
    {
        NextPayload = PayloadType.None,
        Flags = (to.LastHeader.Flags & IkeFlags.Initiator) ^ (IkeFlags.Initiator | IkeFlags.Response),
        Exchange = ExchangeType.Informational,
        MessageId = 5,
    };

    private static byte[] Answer(TestPeer to, params byte[][] tokens) => Answer(to, h => h, tokens);

    private static byte[] Answer(TestPeer to, Func<IkeHeader, IkeHeader> change, params byte[][] tokens) =>
        MessageCodec.WriteClear(change(Header(to)), [new NotifyPayload(NotifyType.InvalidIkeSpi), .. tokens.Select(Token)]);

    private static NotifyPayload Token(byte[] token) => new(NotifyType.QuickCrashDetection, token, ProtocolId.Ike, default);
}
