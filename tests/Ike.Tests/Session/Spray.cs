using System.Buffers.Binary;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Tests.Session;

/// <summary>
/// An attacker on the path who holds no key: plays real messages again, mostly after changing them. Reproducible by its seed.
/// One that comes out as an authentic message not yet delivered is held back, because that would be no forgery.
/// </summary>
internal sealed class Spray(int seed, IReadOnlyList<Packet> heard, IReadOnlyList<Packet> undelivered)
{
    private const int Recent = 16;

    private readonly Random _random = new(seed);
    private readonly Packet[] _all = [.. heard, .. undelivered];

    /// <summary>The next datagram; its path is that of the message it was made from.</summary>
    public Packet Next()
    {
        while (true)
        {
            // Most are made from what would come next or came last: their SPIs and message ids are right.
            int eldest = _random.Next(4) switch { 0 => 0, 1 => _all.Length - Recent, _ => heard.Count };
            Packet packet = _all[_random.Next(eldest, _all.Length)];
            byte[] octets = [.. packet.Octets];
            int changes = _random.Next(4);
            for (int i = 0; i < changes; i++) octets = Change(octets);
            if (!undelivered.Any(u => u.Octets.AsSpan().SequenceEqual(octets))) return packet with { Octets = octets };
        }
    }

    private byte[] Change(byte[] octets)
    {
        // What was cut short before has no header to change.
        if (octets.Length < IkeHeader.Size + 4) return Extend(octets);
        switch (_random.Next(11))
        {
            case 0: return Flip(octets);
            case 1: return Truncate(octets);
            case 2: return Extend(octets);
            case 3: return Splice(octets);
            case 4: return Error(octets);
            case 5: ChangeHeader(octets); break;
            case 6: ChangePayload(octets); break;
            case 7: SwapSpis(octets); break;
            case 8: octets[19] ^= (byte)(_random.Next(2) == 0 ? IkeFlags.Initiator : IkeFlags.Response); break;
            case 9: BinaryPrimitives.WriteUInt32BigEndian(octets.AsSpan(20), (uint)_random.Next(8)); break;
            default: octets[18] = (byte)_random.Next((int)ExchangeType.IkeSaInit, (int)ExchangeType.Informational + 1); break;
        }

        return octets;
    }

    private byte[] Flip(byte[] octets)
    {
        for (int i = _random.Next(1, 9); i > 0; i--) octets[_random.Next(octets.Length)] ^= (byte)(1 << _random.Next(8));
        return octets;
    }

    private byte[] Truncate(byte[] octets) => AgreeingLengths(octets[.._random.Next(octets.Length)]);

    private byte[] Extend(byte[] octets)
    {
        byte[] more = new byte[_random.Next(1, 64)];
        _random.NextBytes(more);
        return AgreeingLengths([.. octets, .. more]);
    }

    /// <summary>The head of one message on the tail of another.</summary>
    private byte[] Splice(byte[] octets)
    {
        byte[] other = _all[_random.Next(_all.Length)].Octets;
        int at = _random.Next(Math.Min(octets.Length, other.Length));
        return AgreeingLengths([.. octets[..at], .. other[at..]]);
    }

    /// <summary>Mostly the header, and sometimes the first payload as well, are made to agree with the new length.</summary>
    private byte[] AgreeingLengths(byte[] octets)
    {
        int lies = _random.Next(4);
        if (octets.Length < IkeHeader.Size + 4 || lies == 0) return octets;
        BinaryPrimitives.WriteUInt32BigEndian(octets.AsSpan(24), (uint)octets.Length);
        if (lies > 1) BinaryPrimitives.WriteUInt16BigEndian(octets.AsSpan(IkeHeader.Size + 2), (ushort)(octets.Length - IkeHeader.Size));
        return octets;
    }

    /// <summary>An unprotected error in the name of the same exchange, as its answer or as another request.</summary>
    private byte[] Error(byte[] octets)
    {
        IkeHeader.TryRead(octets, out IkeHeader header);
        if (_random.Next(4) != 0) header = header with { Flags = header.Flags | IkeFlags.Response };
        return MessageCodec.WriteClear(header, [new NotifyPayload((NotifyType)_random.Next(1, 48))]);
    }

    private void ChangeHeader(byte[] octets)
    {
        // Any of: next payload, version, exchange, flags, message id, length.
        octets[_random.Next(16, IkeHeader.Size)] = (byte)_random.Next(256);
    }

    /// <summary>The type, the flags or the length of the outermost payload: by chance one that an unprotected message could have.</summary>
    private void ChangePayload(byte[] octets)
    {
        switch (_random.Next(4))
        {
            case 0: octets[16] = (byte)_random.Next((int)PayloadType.SecurityAssociation, (int)PayloadType.PuzzleSolution + 1); break;
            case 1: octets[IkeHeader.Size] = (byte)_random.Next(60); break;
            case 2: octets[IkeHeader.Size + 1] ^= 0x80; break;
            default: BinaryPrimitives.WriteUInt16BigEndian(octets.AsSpan(IkeHeader.Size + 2), (ushort)_random.Next(octets.Length)); break;
        }
    }

    private static void SwapSpis(byte[] octets)
    {
        byte[] initiator = octets[..8];
        octets.AsSpan(8, 8).CopyTo(octets);
        initiator.CopyTo(octets, 8);
    }
}
