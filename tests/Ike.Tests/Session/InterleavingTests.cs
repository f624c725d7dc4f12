using Concentrator.Ike.Session;
using CsCheck;

namespace Concentrator.Ike.Tests.Session;

/// <summary>
/// Two asks at once, in every order in which their datagrams can arrive, and with each of them lost: RFC 7296 §2.8, §2.25 say how each ends, and so do
/// these: with the same SAs on both sides. As long as no child is closed, whatever a side sends through is what the other receives on.
/// </summary>
public sealed class InterleavingTests
{
    private static readonly string[] Asks = ["rekey child", "rekey ike", "close child", "create child", "close ike"];

    public static TheoryData<string, string> Both
    {
        get
        {
            var pairs = new TheoryData<string, string>();
            foreach (string initiators in Asks)
            {
                foreach (string responders in Asks) pairs.Add(initiators, responders);
            }

            return pairs;
        }
    }

    [Theory]
    [MemberData(nameof(Both))]
    public void Every_order_of_arrival_ends_with_the_same_sas(string initiators, string responders)
    {
        int runs = Exploration.All(exploration =>
        {
            Pair pair = Asked(exploration, initiators, responders, out Wire wire);
            while (wire.UnderWay.Count > 0)
            {
                wire.Deliver(exploration.Choose(wire.UnderWay.Count));
                AssertReachable(pair, exploration, initiators, responders);
            }

            AssertRest(pair, wire, exploration, initiators, responders);
        });
        Assert.InRange(runs, 4, int.MaxValue);
    }

    [Theory]
    [MemberData(nameof(Both))]
    public void Each_datagram_may_be_lost_in_every_order_of_the_two_directions(string initiators, string responders)
    {
        int runs = Exploration.All(exploration =>
        {
            Pair pair = Asked(exploration, initiators, responders, out Wire wire);
            bool mayLose = true;
            while (wire.UnderWay.Count > 0)
            {
                int[] first = [.. new[] { wire.UnderWay.FindIndex(p => p.ToResponder), wire.UnderWay.FindIndex(p => !p.ToResponder) }.Where(i => i >= 0)];
                int choice = exploration.Choose(mayLose ? first.Length * 2 : first.Length);
                if (choice < first.Length)
                {
                    wire.Deliver(first[choice]);
                }
                else
                {
                    wire.Lose(first[choice - first.Length]);
                    mayLose = false;
                }

                AssertReachable(pair, exploration, initiators, responders);
            }

            AssertRest(pair, wire, exploration, initiators, responders);
        });
        Assert.InRange(runs, 8, int.MaxValue);
    }

    /// <summary>A script's octets: who asks for what, what arrives, twice, late, out of order or never, and how time passes.</summary>
    [Fact]
    public void Whatever_happens_on_the_way_it_ends_with_the_same_sas()
    {
        Gen.Byte.Array[20, 200].Sample(Play, iter: 1500, seed: "0000KHmFkXy1");

        static void Play(byte[] script)
        {
            Pair pair = NewPair(new SteeredRandom((ulong)script.Length), new SteeredRandom((ulong)script.Length + 1000));
            var wire = new Wire(pair);
            foreach (byte step in script) Happen(pair, wire, step);
            wire.Calm();
            AssertSame(pair, string.Join(',', script));
            Assert.Single(pair.Initiator.Children, c => c.Config.Name == "net");
            // Where both asked at once for what was not there they have it twice.
            Assert.InRange(pair.Initiator.Children.Count(c => c.Config.Name == "second"), 0, 2);
            AssertEndsWell(pair, wire);
        }
    }

    private static void Happen(Pair pair, Wire wire, byte step)
    {
        TestPeer peer = (step & 1) == 0 ? pair.Initiator : pair.Responder;
        int which = wire.UnderWay.Count == 0 ? -1 : (step >> 4) % wire.UnderWay.Count;
        switch ((step >> 1) & 7)
        {
            case 0:
                Ask(pair, peer, (step >> 4) switch { < 7 => "rekey child", < 13 => "rekey ike", _ => "create child" });
                break;
            case 1 when which >= 0:
                wire.Lose(which);
                break;
            case 2 when which >= 0:
                wire.Deliver(which, keep: true);
                break;
            case 3:
                pair.Advance(TimeSpan.FromSeconds(0.4 * (step >> 4)));
                break;
            default:
                if (which >= 0) wire.Deliver(which);
                break;
        }
    }

    private static Pair NewPair(SteeredRandom initiators, SteeredRandom responders) => new Pair(o =>
    {
        o.InitiatorSession = c => c with { Random = initiators, Retransmit = Patient };
        o.ResponderSession = c => c with { Random = responders, Retransmit = Patient };
    }).Establish();

    private static RetransmitPolicy Patient { get; } = new(TimeSpan.FromSeconds(2), 1.2, 15);

    /// <summary>Where both rekey the same, which of the four nonces is the lowest is a choice as well.</summary>
    private static Pair Asked(Exploration exploration, string initiators, string responders, out Wire wire)
    {
        SteeredRandom initiator = new(1), responder = new(2);
        Pair pair = NewPair(initiator, responder);
        wire = new Wire(pair);
        if (initiators == responders && initiators.StartsWith("rekey", StringComparison.Ordinal))
        {
            byte[] first = [0x80, 0x90, 0xa0, 0xb0];
            first[exploration.Choose(4)] = 0x01;
            Steer(initiator, first[0], first[3], initiators);
            Steer(responder, first[2], first[1], initiators);
        }

        Ask(pair, pair.Initiator, initiators, drive: false);
        Ask(pair, pair.Responder, responders);
        return pair;
    }

    /// <summary>The nonce of an end's own request is drawn before that of its answer; of an IKE SA a key of the same length comes after the one and before the other.</summary>
    private static void Steer(SteeredRandom random, byte asking, byte answering, string what)
    {
        byte[] draws = what == "rekey ike" ? [asking, 0x55, 0x55, answering] : [asking, answering];
        foreach (byte first in draws) random.First.Enqueue(first);
    }

    private static void Ask(Pair pair, TestPeer peer, string what, bool drive = true)
    {
        uint newest = peer.Children.Where(c => c.Config.Name == "net").Select(c => c.ChildId).DefaultIfEmpty().Max();
        peer.Handle(
            what switch
            {
                "rekey child" => new RekeyChild(newest),
                "rekey ike" => new RekeyIkeSa(),
                "close child" => new CloseChild(newest),
                "create child" => new InitiateChild("second"),
                _ => new Close(EndReason.DeletedByUs),
            },
            pair.Now);
        if (drive) pair.Drive();
    }

    /// <summary>Make before break (RFC 7296 §2.8): what one side sends through now, the other has.</summary>
    private static void AssertReachable(Pair pair, Exploration exploration, string initiators, string responders)
    {
        if ((initiators + responders).Contains("close", StringComparison.Ordinal)) return;
        Assert.True(pair.Initiator.Kernel.SendsInto(pair.Responder.Kernel, "net"), $"the initiator sends into nothing after {exploration.Path}");
        Assert.True(pair.Responder.Kernel.SendsInto(pair.Initiator.Kernel, "net"), $"the responder sends into nothing after {exploration.Path}");
    }

    private static void AssertRest(Pair pair, Wire wire, Exploration exploration, string initiators, string responders)
    {
        wire.Calm();
        if (initiators == "close ike" || responders == "close ike")
        {
            Assert.NotNull(pair.Initiator.End);
            Assert.NotNull(pair.Responder.End);
            pair.Initiator.AssertNothingLeft();
            pair.Responder.AssertNothingLeft();
            return;
        }

        AssertSame(pair, exploration.Path);
        int closed = initiators == "close child" || responders == "close child" ? 1 : 0;
        // Both may ask for the same further child, and then have it twice: RFC 7296 §2.8 forbids nobody.
        int created = (initiators == "create child" ? 1 : 0) + (responders == "create child" ? 1 : 0);
        Assert.Equal(1 - closed + created, pair.Initiator.Kernel.Installed.Count);
        AssertEndsWell(pair, wire);
    }

    private static void AssertSame(Pair pair, string path)
    {
        Assert.Equal((IkeSaState.Established, IkeSaState.Established), (pair.Initiator.Session.State, pair.Responder.Session.State));
        Assert.True(pair.Initiator.Session.LocalSpi == pair.Responder.Session.RemoteSpi, $"they have different IKE SAs after {path}");
        Assert.Equal(pair.Responder.Session.LocalSpi, pair.Initiator.Session.RemoteSpi);
        Assert.Equal(pair.Initiator.Kernel.Children, pair.Responder.Kernel.Children);
        Assert.DoesNotContain(false, pair.Initiator.Kernel.Sending.Values);
        Assert.DoesNotContain(false, pair.Responder.Kernel.Sending.Values);
        Assert.Equal(pair.Initiator.Kernel.Installed.Count, pair.Initiator.Children.Count);
        Assert.Equal(pair.Responder.Kernel.Installed.Count, pair.Responder.Children.Count);
    }

    private static void AssertEndsWell(Pair pair, Wire wire)
    {
        Assert.Empty(wire.UnderWay);
        pair.Tell(pair.Initiator, new Close(EndReason.DeletedByUs));
        pair.Advance(TimeSpan.FromMinutes(2));
        pair.Initiator.AssertNothingLeft();
        pair.Responder.AssertNothingLeft();
    }
}
