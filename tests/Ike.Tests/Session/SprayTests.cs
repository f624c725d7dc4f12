using System.Buffers.Binary;
using System.Net;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Session;
using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Tests.Session;

/// <summary>
/// Octets that nobody vouches for must not move a timer, a message id or a state (RFC 7296 §2.21, §2.3). The memory that is compared is the process's,
/// so nothing runs beside these.
/// </summary>
[CollectionDefinition(nameof(SprayTests), DisableParallelization = true)]
[Collection(nameof(SprayTests))]
public sealed class SprayTests
{
    private const int Datagrams = 100_000;
    private const long MemoryNoise = 100_000;

    /// <summary>No message is cut into fragments, or each that is larger than a liveness check (RFC 7383).</summary>
    private const int Whole = 1280, Cut = 130;
    private static readonly IPEndPoint Elsewhere = new(IPAddress.Parse("203.0.113.66"), 4500);

    private readonly Dictionary<DropReason, int> _dropped = [];
    private readonly HashSet<Packet> _repeated = [];

    [Theory]
    [InlineData("aes128gcm16-prfsha256-x25519", Whole)]
    [InlineData("aes128-sha256-x25519", Whole)]
    [InlineData("aes128gcm16-prfsha256-x25519", Cut)]
    public void An_established_pair_is_not_moved_by_a_hundred_thousand_forgeries(string proposal, int packet)
    {
        Pair pair = Live(proposal, packet);
        // What would come next is authentic: a Delete of the IKE SA and a new child, as a pair of the same seed says them.
        List<Packet> next = [.. NextOf(proposal, packet, p => p.Tell(p.Initiator, new Close(EndReason.DeletedByUs))), .. NextOf(proposal, packet, AskForSecond)];

        Withstand(pair, next);

        AssertSeen(DropReason.BadLength, DropReason.BadHeader, DropReason.Malformed, DropReason.NotAuthentic, DropReason.OutOfWindow,
            DropReason.UnexpectedExchange, DropReason.UnexpectedResponse);
        AssertForgeriesAreNoSignOfLife(pair);
        (int before, uint fromInitiator, uint fromResponder) = Spoken(pair);
        AskForSecond(pair);
        pair.Tell(pair.Responder, new CloseChild(pair.Responder.Kernel.Installed.Keys.Min()));
        Assert.Equal((before + 4, fromInitiator + 1, fromResponder + 1), Spoken(pair));
        AssertChildren(pair, 1);
        AssertEndsWell(pair);
    }

    [Theory]
    [InlineData("aes128gcm16-prfsha256-x25519", Whole)]
    [InlineData("aes128-sha256-x25519", Whole)]
    [InlineData("aes128gcm16-prfsha256-x25519", Cut)]
    public void A_pair_that_waits_for_answers_goes_on_waiting_and_gets_them(string proposal, int packet)
    {
        // Both have asked, and the network has lost both requests: forged answers are looked at.
        Pair pair = Live(proposal, packet);
        pair.Network = (_, _) => null;
        AskForBoth(pair);
        pair.Network = (packet, _) => packet;
        List<Packet> answers = NextOf(proposal, packet, AskForBoth);
        Assert.Equal(4, answers.Count(IsFirst));

        Withstand(pair, answers);

        AssertSeen(DropReason.NotAuthentic, DropReason.UnauthenticatedError, DropReason.UnexpectedResponse);
        pair.Advance(TimeSpan.FromSeconds(10));
        AssertChildren(pair, 1);
        AssertEndsWell(pair);
    }

    /// <summary>Every exchange, asked by either side, ends with one child; two of the same seed say the same to the octet.</summary>
    private static Pair Live(string proposal, int packet)
    {
        Pair pair = new Pair(o =>
        {
            o.InitiatorProposals = o.ResponderProposals = [proposal];
            o.InitiatorConnection = o.ResponderConnection = c => c with { DpdDelay = TimeSpan.FromSeconds(20) };
            o.InitiatorSession = o.ResponderSession = c => c with { LargestPacket = packet };
        }).Establish("net", "second");
        pair.Tell(pair.Initiator, new CloseChild(2));
        pair.Tell(pair.Responder, new RekeyIkeSa());
        pair.Advance(TimeSpan.FromSeconds(50));
        pair.Tell(pair.Initiator, new RekeyIkeSa());
        pair.Tell(pair.Initiator, new RekeyChild(1));
        pair.Tell(pair.Responder, new RekeyChild(pair.Responder.Kernel.Installed.Keys.Max()));
        pair.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(
            [ExchangeType.IkeSaInit, ExchangeType.IkeAuth, ExchangeType.CreateChildSa, ExchangeType.Informational],
            pair.Wire.Select(p => (ExchangeType)p.Octets[18]).Distinct());
        // Of both sides: a child that is new, one that replaces another, an IKE SA that does, Deletes of either, and whether the other lives.
        foreach (TestPeer peer in new[] { pair.Initiator, pair.Responder })
        {
            string said = string.Join('\n', peer.Sent);
            Assert.All(["[ N(REKEY_SA) SA No TSi TSr ]", "[ SA No KE ]", "[ D ]", "[ ]"], payloads => Assert.Contains(payloads, said, StringComparison.Ordinal));
        }

        Assert.Contains("[ SA No TSi TSr ]", string.Join('\n', pair.Initiator.Sent), StringComparison.Ordinal);
        Assert.Equal(packet == Cut, pair.Wire.Exists(p => p.Octets[16] == (byte)PayloadType.EncryptedFragment));
        AssertChildren(pair, 1);
        return pair;
    }

    private static List<Packet> NextOf(string proposal, int packet, Action<Pair> ask)
    {
        Pair twin = Live(proposal, packet);
        int before = twin.Wire.Count;
        ask(twin);
        return twin.Wire[before..];
    }

    private static void AskForSecond(Pair pair) => pair.Tell(pair.Initiator, new InitiateChild("second"));

    private static void AskForBoth(Pair pair)
    {
        AskForSecond(pair);
        pair.Tell(pair.Responder, new CloseChild(pair.Responder.Kernel.Installed.Keys.Min()));
    }

    private void Withstand(Pair pair, List<Packet> undelivered)
    {
        var spray = new Spray(seed: 23, [.. pair.Wire], undelivered);
        (Moment initiator, Moment responder) = (Moment.Of(pair.Initiator), Moment.Of(pair.Responder));
        Throw(pair, spray, 1000);
        long memory = GC.GetTotalMemory(forceFullCollection: true);

        Throw(pair, spray, Datagrams);

        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true), 0, memory + MemoryNoise);
        Assert.Equal(initiator, Moment.Of(pair.Initiator));
        Assert.Equal(responder, Moment.Of(pair.Responder));
    }

    private void Throw(Pair pair, Spray spray, int datagrams)
    {
        for (int i = 0; i < datagrams; i++)
        {
            Packet packet = spray.Next();
            // Every eighth goes back to who sent it.
            bool toResponder = packet.Path.Remote.Equals(pair.Responder.Address) == (i % 8 != 0);
            TestPeer to = toResponder ? pair.Responder : pair.Initiator;
            // Half come from where the other end is, or say so.
            var path = new IkePath(to.Address, i % 2 == 0 ? Elsewhere : packet.Path.Local, packet.Path.NonEspMarker);
            byte[] octets = [.. packet.Octets];
            foreach (SessionEffect effect in to.Session.Handle(new DatagramReceived(octets, path), pair.Now))
                AssertHarmless(pair, packet, effect);
        }
    }

    /// <summary>A drop is counted; an exact repetition of a request may get the response that it got, and that is all.</summary>
    private void AssertHarmless(Pair pair, Packet packet, SessionEffect effect)
    {
        switch (effect)
        {
            case Report { Event: DatagramDropped dropped }:
                _dropped[dropped.Reason] = _dropped.GetValueOrDefault(dropped.Reason) + 1;
                break;
            case Report { Event: MessageSent { Repeated: true } }:
                break;
            case Transmit transmit when pair.Wire.Find(p => p.Octets.AsSpan().SequenceEqual(packet.Octets)) is { } request:
                _repeated.Add(request);
                Assert.Contains(pair.Wire, p => IsResponseTo(request, p) && p.Octets.AsSpan().SequenceEqual(transmit.Message.Span));
                break;
            default:
                Assert.Fail($"{effect} after {Convert.ToHexString(packet.Octets)}");
                break;
        }
    }

    private static bool IsResponseTo(Packet request, Packet packet) =>
        packet.Path.Remote.Equals(request.Path.Local)
        && packet.Octets.AsSpan(0, 16).SequenceEqual(request.Octets.AsSpan(0, 16))
        && packet.Octets.AsSpan(20, 4).SequenceEqual(request.Octets.AsSpan(20, 4));

    private void AssertSeen(params DropReason[] reasons)
    {
        Assert.All(reasons, reason => Assert.InRange(_dropped.GetValueOrDefault(reason), 1000, Datagrams));
        // The last request of either side, in the IKE SA in use and in the one that it replaced.
        Assert.InRange(_repeated.Count, 2, 4);
    }

    private static void AssertChildren(Pair pair, int count)
    {
        Assert.Equal((count, count), (pair.Initiator.Kernel.Installed.Count, pair.Responder.Kernel.Installed.Count));
        SeedRowTests.AssertMirrored(pair.Initiator.Kernel.Installed.Values.Last(), pair.Responder.Kernel.Installed.Values.Last());
    }

    private static void AssertEndsWell(Pair pair)
    {
        pair.Tell(pair.Initiator, new Close(EndReason.DeletedByUs));
        pair.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal((EndReason.DeletedByUs, EndReason.DeletedByPeer), (pair.Initiator.End, pair.Responder.End));
        pair.Initiator.AssertNothingLeft();
        pair.Responder.AssertNothingLeft();
    }

    /// <summary>Nothing authentic was heard for 10 s before the spray, so that both ask 10 s after it (<c>dpd_delay</c> is 20 s).</summary>
    private static void AssertForgeriesAreNoSignOfLife(Pair pair)
    {
        (int before, uint fromInitiator, uint fromResponder) = Spoken(pair);
        pair.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal((before + 4, fromInitiator + 1, fromResponder + 1), Spoken(pair));
    }

    private static (int Messages, uint FromInitiator, uint FromResponder) Spoken(Pair pair) =>
        (pair.Wire.Count(IsFirst), LastRequestId(pair, toResponder: true), LastRequestId(pair, toResponder: false));

    /// <summary>A whole message, or the first fragment of one.</summary>
    private static bool IsFirst(Packet packet) => packet.Octets[16] != (byte)PayloadType.EncryptedFragment || packet.Octets[IkeHeader.Size + 5] == 1;

    private static uint LastRequestId(Pair pair, bool toResponder)
    {
        TestPeer to = toResponder ? pair.Responder : pair.Initiator;
        Packet last = pair.Wire.Last(p => p.Path.Remote.Equals(to.Address) && (p.Octets[19] & (byte)IkeFlags.Response) == 0);
        return BinaryPrimitives.ReadUInt32BigEndian(last.Octets.AsSpan(20));
    }

    /// <summary>What an observer sees of one end between two inputs.</summary>
    private sealed record Moment(IkeSaState State, IkePath? Path, Identity? Remote, TimeSpan? NextTimer, int Children, int Installed, ulong Spis)
    {
        public static Moment Of(TestPeer peer) => new(
            peer.Session.State, peer.Session.Path, peer.Session.RemoteIdentity, peer.NextTimer, peer.Children.Count, peer.Kernel.Installed.Count,
            peer.Session.LocalSpi ^ peer.Session.RemoteSpi);
    }
}
