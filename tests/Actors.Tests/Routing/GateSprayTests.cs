using System.Buffers.Binary;
using Concentrator.Actors.Routing;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Session;
using Concentrator.Ike.Wire;
using Concentrator.Tests.Shared;

namespace Concentrator.Actors.Tests.Routing;

/// <summary>A hundred thousand mutated datagrams before the gate: no state, no allocation, and a verdict that the header alone justifies.</summary>
public sealed class GateSprayTests : IDisposable
{
    private const int Forgeries = 5000;
    private const int Rounds = 20;
    private static readonly SessionId Living = new(0x42);
    private static readonly SessionId Stranger = new(0x43);

    private readonly GateFixture _fixture = new();
    private readonly Random _random = new(5);

    public GateSprayTests() => _fixture.Sessions.TryEnter(Living);

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void Whatever_comes_the_gate_keeps_nothing_of_it()
    {
        byte[][] forgeries = [.. Enumerable.Range(0, Forgeries).Select(_ => Forge())];
        int[] actions = new int[Enum.GetValues<GateAction>().Length];
        int[] reasons = new int[Enum.GetValues<DropReason>().Length];
        JudgeAll(forgeries, actions, reasons);

        Assert.Equal(0, Allocations.Least(() =>
        {
            for (int round = 0; round < Rounds; round++) JudgeAll(forgeries, actions, reasons);
        }));
        Assert.Equal((1, 0), (_fixture.Sessions.Count, _fixture.HalfOpen.Total));
        Assert.All(actions, count => Assert.InRange(count, 1, Forgeries * ((Rounds * Allocations.Tries) + 1)));
        DropReason[] seen = [DropReason.BadLength, DropReason.BadVersion, DropReason.BadHeader, DropReason.UnknownSpi, DropReason.Malformed];
        Assert.All(seen, reason => Assert.InRange(reasons[(int)reason], 1, Forgeries * ((Rounds * Allocations.Tries) + 1)));
    }

    private void JudgeAll(byte[][] forgeries, int[] actions, int[] reasons)
    {
        foreach (byte[] forgery in forgeries)
        {
            GateVerdict verdict = _fixture.Judge(forgery, GateFixture.Peer);
            actions[(int)verdict.Action]++;
            if (verdict.Action is GateAction.Drop or GateAction.Answer) reasons[(int)verdict.Reason]++;
            else if (!IsJustified(verdict, forgery)) throw new InvalidOperationException($"{verdict} for {Convert.ToHexString(forgery)}");
        }
    }

    /// <summary>What passes is whole, of our version, and either for an IKE SA that lives here or a request to begin one.</summary>
    private static bool IsJustified(in GateVerdict verdict, byte[] forgery)
    {
        if (!IkeHeader.TryRead(forgery, out IkeHeader header) || header.Length != forgery.Length || header.MajorVersion != 2) return false;
        return verdict.Action == GateAction.Begin
            ? header is { Exchange: ExchangeType.IkeSaInit, MessageId: 0, ResponderSpi: 0, IsFromOriginalInitiator: true, IsResponse: false }
            : verdict.Session == Living;
    }

    private byte[] Forge()
    {
        byte[] octets = _random.Next(4) switch
        {
            0 => GateFixture.InitRequest(),
            1 => GateFixture.Protected(Living.Spi().Value, 0x77, IkeFlags.Response),
            2 => GateFixture.Protected(0x77, Living.Spi().Value, IkeFlags.Initiator),
            _ => GateFixture.Protected(0x77, Stranger.Spi().Value, IkeFlags.Initiator),
        };
        for (int changes = _random.Next(4); changes > 0; changes--) octets = Change(octets);
        return octets;
    }

    private byte[] Change(byte[] octets)
    {
        if (octets.Length < IkeHeader.Size) return [.. octets, .. new byte[40]];
        switch (_random.Next(6))
        {
            case 0: return AgreeingLength(octets[.._random.Next(octets.Length)]);
            case 1: return AgreeingLength([.. octets, .. new byte[_random.Next(1, 40)]]);
            case 2: octets[_random.Next(16, IkeHeader.Size)] = (byte)_random.Next(256); break;
            case 3: octets[_random.Next(octets.Length)] ^= (byte)(1 << _random.Next(8)); break;
            case 4: octets[19] ^= (byte)(_random.Next(2) == 0 ? IkeFlags.Initiator : IkeFlags.Response); break;
            default: octets[_random.Next(2) * 8 + 7] = 0; break;
        }

        return octets;
    }

    private byte[] AgreeingLength(byte[] octets)
    {
        if (octets.Length >= IkeHeader.Size && _random.Next(4) != 0) BinaryPrimitives.WriteUInt32BigEndian(octets.AsSpan(24), (uint)octets.Length);
        return octets;
    }
}
