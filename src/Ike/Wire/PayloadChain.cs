using Concentrator.Ike.Registries;
using Concentrator.Ike.Wire.Payloads;

namespace Concentrator.Ike.Wire;

// Generic payload header (RFC 7296 §3.2)
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
// | Next Payload  |C|  RESERVED   |         Payload Length        |

/// <summary>A chain of payloads, each announced by the one before it.</summary>
internal static class PayloadChain
{
    public const int GenericHeader = 4;
    private const int PayloadLimit = 256;
    private const byte Critical = 0x80;

    /// <summary>Reads to the end of <paramref name="octets"/>; the payloads of known types own their octets.</summary>
    public static ParseResult Read(in IkeHeader header, PayloadType first, ReadOnlySpan<byte> octets)
    {
        var reader = new WireReader(octets);
        List<Payload> payloads = [];
        PayloadType type = first;
        PayloadType? unsupported = null;
        while (type != PayloadType.None)
        {
            var next = (PayloadType)reader.ReadByte();
            bool critical = IsCritical(reader.ReadByte());
            ReadOnlySpan<byte> body = reader.Read(reader.ReadUInt16() - GenericHeader);
            if (reader.Failed || payloads.Count == PayloadLimit) return ParseResult.Broken(header);
            if (ReadBody(type, critical, body) is not { } payload) return ParseResult.Broken(header);
            // RFC 7296 §2.5: the flag counts only on a type that is not known; without it the payload is skipped.
            if (payload is UnknownPayload { Critical: true }) unsupported ??= type;
            else payloads.Add(payload);
            type = next;
        }

        if (!reader.AtCleanEnd) return ParseResult.Broken(header);
        return unsupported is null
            ? new ParseResult(ParseStatus.Ok, header, new IkeMessage(header, payloads), null)
            : new ParseResult(ParseStatus.UnsupportedCritical, header, null, unsupported);
    }

    public static bool IsCritical(byte flags) => (flags & Critical) != 0;

    /// <summary>All types of RFC 7296 §3.2, and SKF.</summary>
    public static bool IsKnown(PayloadType type) =>
        type is (>= PayloadType.SecurityAssociation and <= PayloadType.Eap) or PayloadType.EncryptedFragment;

    private static Payload? ReadBody(PayloadType type, bool critical, ReadOnlySpan<byte> body) => type switch
    {
        PayloadType.SecurityAssociation => SaCodec.Read(body),
        PayloadType.KeyExchange => PlainCodecs.ReadKe(body),
        PayloadType.IdentificationInitiator or PayloadType.IdentificationResponder => PlainCodecs.ReadId(type, body),
        PayloadType.Certificate or PayloadType.CertificateRequest => PlainCodecs.ReadCert(type, body),
        PayloadType.Authentication => PlainCodecs.ReadAuth(body),
        PayloadType.Nonce => PlainCodecs.ReadNonce(body),
        PayloadType.Notify => NotifyCodec.Read(body),
        PayloadType.Delete => DeleteCodec.Read(body),
        PayloadType.VendorId => new VendorIdPayload(body.ToArray()),
        PayloadType.TrafficSelectorInitiator or PayloadType.TrafficSelectorResponder => TsCodec.Read(type, body),
        PayloadType.Configuration => ConfigurationCodec.Read(body),
        PayloadType.Eap => PlainCodecs.ReadEap(body),
        PayloadType.Encrypted or PayloadType.EncryptedFragment => null,
        _ => new UnknownPayload(type, critical, body.ToArray()),
    };

    /// <summary>Writes all payloads; the caller has announced the type of the first.</summary>
    public static void Write(IReadOnlyList<Payload> payloads, WireWriter writer)
    {
        WireWriter body = new();
        for (int i = 0; i < payloads.Count; i++)
        {
            int start = body.Length;
            WriteBody(payloads[i], body);
            ReadOnlySpan<byte> written = body.Written[start..];
            writer.WriteByte((byte)FirstType(payloads, i + 1));
            writer.WriteByte(payloads[i] is UnknownPayload { Critical: true } ? Critical : (byte)0);
            writer.WriteUInt16((ushort)(written.Length + GenericHeader));
            writer.Write(written);
        }
    }

    public static PayloadType FirstType(IReadOnlyList<Payload> payloads, int from = 0) =>
        from < payloads.Count ? payloads[from].Type : PayloadType.None;

    private static void WriteBody(Payload payload, WireWriter writer)
    {
        switch (payload)
        {
            case SaPayload sa: SaCodec.Write(sa, writer); break;
            case KePayload ke: PlainCodecs.WriteKe(ke, writer); break;
            case IdPayload id: writer.Write(id.Body.Span); break;
            case AuthPayload auth: PlainCodecs.WriteAuth(auth, writer); break;
            case NoncePayload nonce: writer.Write(nonce.Data.Span); break;
            case NotifyPayload notify: NotifyCodec.Write(notify, writer); break;
            case DeletePayload delete: DeleteCodec.Write(delete, writer); break;
            case VendorIdPayload vendor: writer.Write(vendor.Data.Span); break;
            case TsPayload ts: TsCodec.Write(ts, writer); break;
            case CertPayload cert: PlainCodecs.WriteCert(cert, writer); break;
            case CpPayload cp: ConfigurationCodec.Write(cp, writer); break;
            case EapPayload eap: writer.Write(eap.Message.Span); break;
            case UnknownPayload unknown: writer.Write(unknown.Body.Span); break;
            default: throw new InvalidOperationException($"No writer for {payload.GetType().Name}.");
        }
    }
}
