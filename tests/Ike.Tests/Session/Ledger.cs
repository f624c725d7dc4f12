using System.Buffers.Binary;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Session;
using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Tests.Session;

/// <summary>
/// All that one side of an IKE SA has ever sent, whichever nodes it was: no IV serves twice under one key, and no message id stands for two messages.
/// </summary>
internal sealed class Ledger
{
    private readonly Dictionary<string, byte[]> _byIv = [];
    private readonly Dictionary<string, byte[]> _byId = [];

    public List<byte[]> Sent { get; } = [];

    public void Note(SessionEffect effect)
    {
        if (effect is not Transmit transmit) return;
        byte[] octets = transmit.Message.ToArray();
        Sent.Add(octets);
        Assert.True(IkeHeader.TryRead(octets, out IkeHeader header));
        if (header.NextPayload != PayloadType.Encrypted) return;
        bool isFromInitiator = header.Flags.HasFlag(IkeFlags.Initiator);
        string key = $"{header.InitiatorSpi:x} {header.ResponderSpi:x} {isFromInitiator}";
        ulong iv = BinaryPrimitives.ReadUInt64BigEndian(octets.AsSpan(IkeHeader.Size + 4));
        NoteOnce(_byIv, $"{key} IV {iv:x16}", octets);
        // RFC 6311 §5.1: synchronizations have none of their own.
        if (header.MessageId != 0 || header.Exchange != ExchangeType.Informational)
            NoteOnce(_byId, $"{key} {header.Exchange} {header.IsResponse} {header.MessageId}", octets);
    }

    private static void NoteOnce(Dictionary<string, byte[]> seen, string name, byte[] octets)
    {
        if (!seen.TryAdd(name, octets)) Assert.True(seen[name].AsSpan().SequenceEqual(octets), $"used for two messages: {name}");
    }
}
