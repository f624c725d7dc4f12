using Concentrator.Ike.Configuration;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Session;

namespace Concentrator.Ike.Tests.Session;

/// <summary>IKE fragmentation between two IKE SAs (RFC 7383): agreed upon, both directions, lost and doubled fragments, and a way that swallows large ones.</summary>
public sealed class FragmentationTests
{
    private const int Small = 200;

    [Fact]
    public void Both_directions_are_cut_and_made_whole()
    {
        Pair pair = Cut().Establish("net", "second");
        Assert.Equal(2, pair.Initiator.Kernel.Installed.Count);
        Assert.Equal(2, pair.Responder.Kernel.Installed.Count);
        Assert.All(pair.Wire.Where(p => Exchange(p) != ExchangeType.IkeSaInit), p => Assert.True(p.Octets.Length <= Small - 32));
        Assert.Contains(pair.Wire, p => Exchange(p) == ExchangeType.IkeAuth && !IsResponse(p) && p.Octets[16] == (byte)PayloadType.EncryptedFragment);
        Assert.Contains(pair.Wire, p => Exchange(p) == ExchangeType.IkeAuth && IsResponse(p) && p.Octets[16] == (byte)PayloadType.EncryptedFragment);
    }

    [Theory]
    [InlineData(FragmentationPolicy.No)]
    [InlineData(FragmentationPolicy.Accept)]
    public void Nothing_is_cut_unless_both_want_it(FragmentationPolicy responders)
    {
        Pair pair = Cut(o => o.ResponderConnection = c => c with { Fragmentation = responders }).Establish();
        Assert.Single(pair.Initiator.Kernel.Installed);
        Assert.DoesNotContain(pair.Wire, p => IsResponse(p) && p.Octets[16] == (byte)PayloadType.EncryptedFragment);
        Assert.Equal(responders == FragmentationPolicy.Accept, pair.Wire.Any(p => !IsResponse(p) && p.Octets[16] == (byte)PayloadType.EncryptedFragment));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Lost_doubled_and_disordered_fragments_do_no_harm(ulong seed)
    {
        SeededRandom draw = new(seed);
        Pair pair = Cut(o => o.InitiatorSession = c => c with { LargestPacket = Small, Retransmit = new RetransmitPolicy(TimeSpan.FromSeconds(1), 1.1, 60) });
        Packet? kept = null;
        pair.Network = (packet, _) =>
        {
            int chance = draw.Octets(1)[0];
            if (chance < 50) return null;
            if (chance > 200 && kept is not null) (packet, kept) = (kept, packet);
            else if (chance > 180) kept = packet;
            return packet;
        };
        pair.Establish("net", "second");
        pair.Advance(TimeSpan.FromSeconds(60));
        pair.Network = (packet, _) => packet;
        pair.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(2, pair.Initiator.Kernel.Installed.Count);
        Assert.Equal(2, pair.Responder.Kernel.Installed.Count);
    }

    [Fact]
    public void A_request_that_is_lost_again_and_again_is_cut_smaller()
    {
        var pair = new Pair(o => o.InitiatorChild = c => c with { LocalSelectors = [.. Enumerable.Range(0, 60).Select(i => PairOptions.Net($"10.1.{i}.0"))] })
        {
            // A router on the way swallows what is above 576 octets.
            Network = (packet, _) => packet.Octets.Length + 28 > 576 && Exchange(packet) != ExchangeType.IkeSaInit ? null : packet,
        };
        pair.Establish();
        Assert.Empty(pair.Initiator.Kernel.Installed);
        pair.Advance(TimeSpan.FromSeconds(30));
        Assert.Single(pair.Initiator.Kernel.Installed);
        Assert.Contains(pair.Wire, p => p.Octets[16] == (byte)PayloadType.EncryptedFragment);
    }

    [Fact]
    public void A_response_that_is_lost_again_and_again_is_cut_smaller()
    {
        SelectorConfig[] many = [.. Enumerable.Range(0, 60).Select(i => PairOptions.Net($"10.1.{i}.0"))];
        var pair = new Pair(o => (o.InitiatorChild, o.ResponderChild) = (c => c with { LocalSelectors = many }, c => c with { RemoteSelectors = many }))
        {
            Network = (packet, _) => IsResponse(packet) && packet.Octets.Length + 28 > 576 && Exchange(packet) != ExchangeType.IkeSaInit ? null : packet,
        };
        pair.Establish();
        Assert.Empty(pair.Initiator.Kernel.Installed);
        pair.Advance(TimeSpan.FromSeconds(30));
        Assert.Single(pair.Initiator.Kernel.Installed);
        Assert.Single(pair.Responder.Kernel.Installed);
        Assert.Contains(pair.Wire, p => IsResponse(p) && p.Octets[16] == (byte)PayloadType.EncryptedFragment);
    }

    [Fact]
    public void A_repeated_first_fragment_gets_the_response_again_and_no_other_does()
    {
        Pair pair = Cut().Establish();
        List<Packet> request = [.. pair.Wire.Where(p => Exchange(p) == ExchangeType.IkeAuth && !IsResponse(p))];
        int responses = pair.Wire.Count(p => Exchange(p) == ExchangeType.IkeAuth && IsResponse(p));
        Assert.True(request.Count > 1);
        pair.Inject(pair.Responder, request[1].Octets);
        Assert.Empty(pair.Responder.Outbox);
        pair.Inject(pair.Responder, request[0].Octets);
        Assert.Equal(responses, pair.Responder.Outbox.Count);
    }

    private static Pair Cut(Action<PairOptions>? configure = null) => new(o =>
    {
        o.InitiatorSession = o.ResponderSession = c => c with { LargestPacket = Small };
        configure?.Invoke(o);
    });

    private static bool IsResponse(Packet packet) => (packet.Octets[19] & 0x20) != 0;

    private static ExchangeType Exchange(Packet packet) => (ExchangeType)packet.Octets[18];
}
