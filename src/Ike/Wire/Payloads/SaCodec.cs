using Concentrator.Ike.Proposals;
using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Wire.Payloads;

// Proposal substructure (RFC 7296 §3.3.1)
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// | Last Substruc |   RESERVED    |         Proposal Length       |
// | Proposal Num  |  Protocol ID  |    SPI Size   |Num  Transforms|
// ~                        SPI (variable)                         ~
// ~                        <Transforms>                           ~
// Transform substructure (§3.3.2)
// | Last Substruc |   RESERVED    |        Transform Length       |
// |Transform Type |   RESERVED    |          Transform ID         |
// ~                      Transform Attributes                     ~
// Attribute (§3.3.5)
// |A|       Attribute Type        | AF=0: Length, AF=1: Value     |

/// <summary>Security Association payload (RFC 7296 §3.3). Lengths and counts must agree with each other; counts are bounded.</summary>
internal static class SaCodec
{
    /// <summary>Their numbers begin at 1 and have an octet (RFC 7296 §3.3.1).</summary>
    private const int ProposalLimit = 255;
    private const byte MoreProposals = 2;
    private const byte MoreTransforms = 3;
    private const int ProposalHeader = 8;
    private const int TransformHeader = 8;
    private const ushort KeyLengthAttribute = 14;
    private const ushort FixedFormat = 0x8000;

    public static SaPayload? Read(ReadOnlySpan<byte> body)
    {
        var reader = new WireReader(body);
        List<Proposal> proposals = [];
        bool more = true;
        while (more && proposals.Count < ProposalLimit)
        {
            if (ReadProposal(ref reader, out more) is not { } proposal) return null;
            proposals.Add(proposal);
        }

        return reader.AtCleanEnd && !more ? new SaPayload(proposals) : null;
    }

    private static Proposal? ReadProposal(ref WireReader outer, out bool more)
    {
        byte last = outer.ReadByte();
        outer.ReadByte();
        int length = outer.ReadUInt16();
        more = last == MoreProposals;
        if (outer.Failed || last is not (0 or MoreProposals) || length < ProposalHeader) return null;

        WireReader reader = outer.ReadScope(length - 4);
        byte number = reader.ReadByte();
        var protocol = (ProtocolId)reader.ReadByte();
        int spiSize = reader.ReadByte();
        int count = reader.ReadByte();
        byte[] spi = reader.Read(spiSize).ToArray();
        List<Transform> transforms = new(count);
        for (int i = 0; i < count; i++)
        {
            if (ReadTransform(ref reader, isLast: i == count - 1) is not { } transform) return null;
            transforms.Add(transform);
        }

        return reader.AtCleanEnd ? new Proposal(number, protocol, spi, transforms) : null;
    }

    private static Transform? ReadTransform(ref WireReader outer, bool isLast)
    {
        byte last = outer.ReadByte();
        outer.ReadByte();
        int length = outer.ReadUInt16();
        if (outer.Failed || last != (isLast ? 0 : MoreTransforms) || length < TransformHeader) return null;

        WireReader reader = outer.ReadScope(length - 4);
        var type = (TransformType)reader.ReadByte();
        reader.ReadByte();
        ushort id = reader.ReadUInt16();
        ushort keyLength = 0;
        bool unknown = false, measured = false;
        while (reader.Remaining > 0)
        {
            ushort attribute = reader.ReadUInt16();
            ushort value = reader.ReadUInt16();
            // RFC 7296 §3.3: one attribute of a type at most. No key has no bits: such a length is not the same as none.
            if (attribute == (KeyLengthAttribute | FixedFormat) && !measured && value != 0) (keyLength, measured) = (value, true);
            else unknown = true;
            if ((attribute & FixedFormat) == 0) reader.Read(value);
            if (reader.Failed) return null;
        }

        return reader.AtCleanEnd ? new Transform(type, id, keyLength, unknown) : null;
    }

    public static void Write(SaPayload payload, WireWriter writer)
    {
        for (int i = 0; i < payload.Proposals.Count; i++)
            WriteProposal(payload.Proposals[i], i == payload.Proposals.Count - 1, writer);
    }

    private static void WriteProposal(Proposal proposal, bool isLast, WireWriter writer)
    {
        int length = ProposalHeader + proposal.Spi.Length + proposal.Transforms.Sum(LengthOf);
        writer.WriteByte(isLast ? (byte)0 : MoreProposals);
        writer.WriteByte(0);
        writer.WriteUInt16((ushort)length);
        writer.WriteByte(proposal.Number);
        writer.WriteByte((byte)proposal.Protocol);
        writer.WriteByte((byte)proposal.Spi.Length);
        writer.WriteByte((byte)proposal.Transforms.Count);
        writer.Write(proposal.Spi.Span);
        for (int i = 0; i < proposal.Transforms.Count; i++)
            WriteTransform(proposal.Transforms[i], i == proposal.Transforms.Count - 1, writer);
    }

    private static int LengthOf(Transform transform) => TransformHeader + (transform.KeyLength > 0 ? 4 : 0);

    private static void WriteTransform(Transform transform, bool isLast, WireWriter writer)
    {
        writer.WriteByte(isLast ? (byte)0 : MoreTransforms);
        writer.WriteByte(0);
        writer.WriteUInt16((ushort)LengthOf(transform));
        writer.WriteByte((byte)transform.Type);
        writer.WriteByte(0);
        writer.WriteUInt16(transform.Id);
        if (transform.KeyLength == 0) return;
        writer.WriteUInt16(KeyLengthAttribute | FixedFormat);
        writer.WriteUInt16(transform.KeyLength);
    }
}
