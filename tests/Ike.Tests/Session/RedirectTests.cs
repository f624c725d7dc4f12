using System.Net;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Session;
using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Tests.Session;

/// <summary>RFC 5685, as the gateway that redirects and as the client that follows.</summary>
public sealed class RedirectTests
{
    private static readonly GatewayIdentity Elsewhere = GatewayIdentity.Parse("192.0.2.77")!;

    // RFC 5685 §3
    [Fact]
    public void A_client_says_that_it_follows_and_where_it_comes_from()
    {
        Pair pair = New();
        pair.Initiator.Handle(
            new Initiate(pair.Initiator.Context.Config.Connections[0], ["net"], new IkePath(pair.Initiator.Address, pair.Responder.Address, false), InitialContact: true)
            {
                RedirectedFrom = IPAddress.Parse("192.0.2.50"),
            },
            pair.Now);
        IkeMessage init = MessageCodec.ParseClear(pair.Initiator.Outbox.Peek().Octets).Message!;
        Assert.NotNull(init.Notify(NotifyType.RedirectSupported));
        Assert.Equal("0104C0000232", Convert.ToHexString(init.Notify(NotifyType.RedirectedFrom)!.Data.Span));
        pair.Drive();
        Assert.Equal(IkeSaState.Established, pair.Responder.Session.State);
        Assert.Contains(pair.Responder.Events.OfType<Remark>(), r => r.Text.Contains("comes from gateway 192.0.2.50", StringComparison.Ordinal));
    }

    [Fact]
    public void One_that_does_not_follow_says_nothing_and_is_never_redirected()
    {
        Pair pair = new Pair(o => o.ResponderSession = c => c with { FollowsRedirects = true, RedirectAtAuth = (_, _) => Elsewhere }).Establish();
        Assert.DoesNotContain(pair.Initiator.Sent, s => s.Contains("REDIR", StringComparison.Ordinal));
        pair.Tell(pair.Responder, new RedirectPeer(Elsewhere));
        Assert.Equal((IkeSaState.Established, IkeSaState.Established), (pair.Initiator.Session.State, pair.Responder.Session.State));
        Assert.Contains(pair.Responder.Events.OfType<Remark>(), r => r.Text.Contains("does not follow redirects", StringComparison.Ordinal));
        Assert.DoesNotContain(pair.Responder.Sent, s => s.Contains("REDIR", StringComparison.Ordinal));
    }

    // RFC 5685 §3: only who has seen our nonce can redirect us.
    [Theory]
    [InlineData("192.0.2.77", true, true)]
    [InlineData("gw.example.org", true, true)]
    [InlineData("2001:db8::7", true, true)]
    [InlineData("192.0.2.77", false, false)]
    public void The_answer_to_ike_sa_init_has_to_carry_the_nonce(string to, bool ours, bool follows)
    {
        Pair pair = New();
        pair.Start();
        IkeMessage init = MessageCodec.ParseClear(pair.Initiator.Outbox.Dequeue().Octets).Message!;
        byte[] nonce = init.Find<NoncePayload>()!.Data.ToArray();
        if (!ours) nonce[^1] ^= 1;
        Answer(pair, init, GatewayIdentity.Parse(to)!.Write(nonce));

        Assert.Equal(follows ? EndReason.Redirected : null, pair.Initiator.End);
        CallElsewhere? call = pair.Initiator.Told.OfType<CallElsewhere>().SingleOrDefault();
        Assert.Equal(follows ? to : null, call?.To.ToString());
        if (!follows) return;
        Assert.Equal(["net"], call!.Children);
        Assert.Equal(pair.Now, Assert.Single(call.Redirects));
        pair.Initiator.AssertNothingLeft();
    }

    [Theory]
    [InlineData("")]
    [InlineData("01")]
    [InlineData("0104C00002")]
    [InlineData("0105C000024D01")]
    [InlineData("0210C0000201")]
    [InlineData("0300")]
    [InlineData("0303412042")]
    [InlineData("04044142434400")]
    public void What_names_no_gateway_is_ignored(string data)
    {
        Assert.Null(GatewayIdentity.Read(Convert.FromHexString(data), out _));
        Pair pair = New();
        pair.Start();
        IkeMessage init = MessageCodec.ParseClear(pair.Initiator.Outbox.Dequeue().Octets).Message!;
        Answer(pair, init, [.. Convert.FromHexString(data), .. init.Find<NoncePayload>()!.Data.Span]);
        Assert.Equal(IkeSaState.InitRequested, pair.Initiator.Session.State);
        Assert.Empty(pair.Initiator.Told);
    }

    // RFC 5685 §3: MAX_REDIRECTS within REDIRECT_LOOP_DETECT_PERIOD.
    [Theory]
    [InlineData(5, 60, false)]
    [InlineData(4, 60, true)]
    [InlineData(5, 301, true)]
    public void Who_is_sent_round_in_circles_stops(int redirects, int secondsAgo, bool follows)
    {
        Pair pair = New();
        pair.Advance(TimeSpan.FromMinutes(10));
        pair.Initiator.Handle(
            new Initiate(pair.Initiator.Context.Config.Connections[0], ["net"], new IkePath(pair.Initiator.Address, pair.Responder.Address, false), InitialContact: true)
            {
                Redirects = [.. Enumerable.Repeat(pair.Now - TimeSpan.FromSeconds(secondsAgo), redirects)],
            },
            pair.Now);
        IkeMessage init = MessageCodec.ParseClear(pair.Initiator.Outbox.Dequeue().Octets).Message!;
        Answer(pair, init, Elsewhere.Write(init.Find<NoncePayload>()!.Data.Span));
        Assert.Equal(follows ? EndReason.Redirected : null, pair.Initiator.End);
        Assert.Equal(follows ? 1 : 0, pair.Initiator.Told.OfType<CallElsewhere>().Count());
    }

    // RFC 5685 §6
    [Fact]
    public void In_ike_auth_both_authenticate_and_the_client_goes_without_a_child()
    {
        Pair pair = new Pair(o =>
        {
            o.InitiatorSession = c => c with { FollowsRedirects = true };
            o.ResponderSession = c => c with { RedirectAtAuth = (connection, peer) => connection.Name == "conn" && peer.ToString() == "moon.example.org" ? Elsewhere : null };
        }).Establish();
        Assert.Contains("IKE_AUTH response 1 [ IDr AUTH N(REDIR) ]", pair.Responder.Sent);
        Assert.Equal("192.0.2.77", Assert.Single(pair.Initiator.Told.OfType<CallElsewhere>()).To.ToString());
        Assert.Equal(EndReason.Redirected, pair.Initiator.End);
        pair.Advance(TimeSpan.FromMinutes(1));
        Assert.Empty(pair.Initiator.Kernel.Installed);
        pair.Initiator.AssertNothingLeft();
        pair.Responder.AssertNothingLeft();
    }

    /// <summary>A gateway that is not authenticated redirects nobody.</summary>
    [Fact]
    public void In_ike_auth_a_redirect_without_a_good_proof_is_not_followed()
    {
        Pair pair = New();
        using HandmadeResponder responder = new(pair);
        responder.Answer(new NotifyPayload(NotifyType.Redirect, Elsewhere.Write(default)));
        Assert.Empty(pair.Initiator.Told.OfType<CallElsewhere>());
        Assert.NotEqual(IkeSaState.Established, pair.Initiator.Session.State);
    }

    // RFC 5685 §5
    [Fact]
    public void An_established_client_answers_goes_and_deletes_the_ike_sa()
    {
        Pair pair = New().Establish();
        pair.Tell(pair.Responder, new RedirectPeer(GatewayIdentity.Parse("gw.example.org")!));
        Assert.Contains(pair.Responder.Sent, s => s.Contains("[ N(REDIR) ]", StringComparison.Ordinal));
        CallElsewhere call = Assert.Single(pair.Initiator.Told.OfType<CallElsewhere>());
        Assert.Equal(("gw.example.org", "net"), (call.To.ToString(), Assert.Single(call.Children)));
        Assert.Equal(EndReason.Redirected, pair.Initiator.End);
        pair.Advance(TimeSpan.FromMinutes(1));
        pair.Initiator.AssertNothingLeft();
        pair.Responder.AssertNothingLeft();
    }

    [Fact]
    public void A_client_that_answers_and_stays_is_closed_after_a_while()
    {
        Pair pair = New().Establish();
        bool isClient = false;
        pair.Network = (packet, toResponder) =>
        {
            // Its Delete never arrives.
            isClient |= toResponder;
            return toResponder && pair.Initiator.Session.State == IkeSaState.Deleting && pair.Initiator.Sent.Last().Contains("[ D ]", StringComparison.Ordinal) ? null : packet;
        };
        pair.Tell(pair.Responder, new RedirectPeer(Elsewhere));
        Assert.True(isClient);
        Assert.Equal(IkeSaState.Established, pair.Responder.Session.State);
        pair.Advance(TimeSpan.FromMinutes(5));
        Assert.NotNull(pair.Responder.End);
        pair.Responder.AssertNothingLeft();
    }

    /// <summary>A responder is the gateway: it is not sent away by its client.</summary>
    [Fact]
    public void Only_the_side_that_was_called_redirects()
    {
        Pair pair = New().Establish();
        pair.Tell(pair.Initiator, new RedirectPeer(Elsewhere));
        Assert.Empty(pair.Responder.Told);
        Assert.Equal(IkeSaState.Established, pair.Responder.Session.State);
    }

    private static Pair New() => new(o => o.InitiatorSession = c => c with { FollowsRedirects = true });

    private static void Answer(Pair pair, IkeMessage init, byte[] data) => pair.Inject(
        pair.Initiator, MessageCodec.WriteClear(init.Header with { Flags = IkeFlags.Response }, [new NotifyPayload(NotifyType.Redirect, data)]));
}
