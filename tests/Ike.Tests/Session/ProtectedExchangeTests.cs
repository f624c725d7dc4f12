using Concentrator.Ike.Registries;
using Concentrator.Ike.Session;
using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Tests.Session;

/// <summary>Message ids, the window, the response cache, and input that must change nothing (RFC 7296 §2.1 to §2.3, §2.21).</summary>
public sealed class ProtectedExchangeTests
{
    [Fact]
    public void A_repeated_request_gets_the_same_octets_and_nothing_is_done_twice()
    {
        Pair pair = new Pair().Establish();
        byte[] request = pair.Wire[2].Octets, response = pair.Wire[3].Octets;
        int installs = pair.Responder.Kernel.InstallAttempts;
        pair.Inject(pair.Responder, request);

        Assert.Equal(response, pair.Responder.Outbox.Dequeue().Octets);
        Assert.Equal(installs, pair.Responder.Kernel.InstallAttempts);
    }

    [Fact]
    public void A_request_that_only_resembles_the_last_one_is_not_answered()
    {
        Pair pair = new Pair().Establish();
        byte[] mutated = pair.Wire[2].Octets.ToArray();
        mutated[^1] ^= 1;
        pair.Inject(pair.Responder, mutated);
        Assert.Empty(pair.Responder.Outbox);
        Assert.Contains(DropReason.OutOfWindow, pair.Responder.Drops);
    }

    [Fact]
    public void While_the_kernel_works_a_repetition_is_dropped_and_the_answer_comes_once()
    {
        var pair = new Pair();
        pair.Responder.Kernel.Hold = true;
        pair.Establish();
        byte[] request = pair.Wire.Last().Octets;
        pair.Inject(pair.Responder, request);
        pair.Inject(pair.Responder, request);
        Assert.Empty(pair.Responder.Outbox);
        Assert.Equal(2, pair.Responder.Drops.Count(d => d == DropReason.InProgress));

        pair.Responder.Release(pair.Now);
        Assert.Single(pair.Responder.Outbox);
        pair.Drive();
        Assert.Equal(IkeSaState.Established, pair.Initiator.Session.State);
        Assert.Single(pair.Initiator.Kernel.Installed);
    }

    [Fact]
    public void Old_messages_played_again_change_nothing()
    {
        Pair pair = new Pair().Establish("net", "second");
        List<Packet> history = [.. pair.Wire];
        int sent = pair.Responder.Sent.Count() + pair.Initiator.Sent.Count();
        foreach (Packet packet in history.SkipLast(2))
        {
            TestPeer to = packet.Path.Remote.Equals(pair.Responder.Address) ? pair.Responder : pair.Initiator;
            pair.Inject(to, packet.Octets);
        }

        Assert.Equal(sent, pair.Responder.Sent.Count() + pair.Initiator.Sent.Count());
        Assert.Equal(2, pair.Responder.Kernel.Installed.Count);
        Assert.Equal(2, pair.Initiator.Kernel.Installed.Count);
    }

    [Fact]
    public void Mutated_and_truncated_messages_leave_both_ike_sas_as_they_were()
    {
        var random = new SeededRandom(7);
        Pair pair = new Pair().Establish();
        byte[] golden = pair.Wire[2].Octets;
        for (int round = 0; round < 3000; round++)
        {
            byte[] bytes = golden.ToArray();
            byte[] draw = random.Octets(4);
            bytes[(draw[0] << 8 | draw[1]) % bytes.Length] ^= (byte)(draw[2] | 1);
            if (draw[3] < 64) bytes = bytes[..((draw[0] << 8 | draw[1]) % bytes.Length)];
            if (bytes.Length >= 28) bytes[23] = 2;
            pair.Inject(pair.Responder, bytes);
            pair.Inject(pair.Initiator, bytes);
        }

        Assert.Equal(IkeSaState.Established, pair.Initiator.Session.State);
        Assert.Equal(IkeSaState.Established, pair.Responder.Session.State);
        Assert.Empty(pair.Responder.Outbox);
        pair.Tell(pair.Initiator, new InitiateChild("second"));
        Assert.Equal(2, pair.Responder.Kernel.Installed.Count);
    }

    [Theory]
    [InlineData(ExchangeType.CreateChildSa)]
    [InlineData(ExchangeType.Informational)]
    public void Nothing_but_ike_auth_is_heard_before_the_peer_is_authenticated(ExchangeType exchange)
    {
        // I → R  IKE_SA_INIT; the initiator's IKE_AUTH is taken away and its octets claim to be another exchange.
        var pair = new Pair();
        pair.Network = (packet, toResponder) =>
        {
            if (!toResponder || packet.Octets[18] != (byte)ExchangeType.IkeAuth) return packet;
            byte[] changed = packet.Octets.ToArray();
            changed[18] = (byte)exchange;
            return packet with { Octets = changed };
        };
        pair.Establish();

        Assert.Equal(IkeSaState.InitAnswered, pair.Responder.Session.State);
        Assert.Contains(DropReason.UnexpectedExchange, pair.Responder.Drops);
        Assert.Single(pair.Responder.Sent);
    }

    [Fact]
    public void The_initiator_flag_must_be_the_original_initiators()
    {
        Pair pair = new Pair().Establish();
        byte[] bytes = pair.Wire[2].Octets.ToArray();
        bytes[19] ^= (byte)IkeFlags.Initiator;
        pair.Inject(pair.Responder, bytes);
        Assert.Contains(DropReason.BadHeader, pair.Responder.Drops);
        Assert.Empty(pair.Responder.Outbox);
    }

    [Fact]
    public void A_response_to_nothing_is_dropped()
    {
        Pair pair = new Pair().Establish();
        pair.Inject(pair.Initiator, pair.Wire[3].Octets);
        Assert.Contains(DropReason.UnexpectedResponse, pair.Initiator.Drops);
    }
}
