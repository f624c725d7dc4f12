using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Wire.Payloads;

/// <summary>The payloads that are a short fixed head and then octets: KE, ID, AUTH, Nonce, CERT, CERTREQ, EAP (RFC 7296 §3.4 to §3.9, §3.16).</summary>
internal static class PlainCodecs
{
    private const int ShortestNonce = 16;
    private const int LongestNonce = 256;
    private const int EapHeader = 4;

    // |    Key Exchange Method Num    |           RESERVED            |  Key Exchange Data
    public static KePayload? ReadKe(ReadOnlySpan<byte> body)
    {
        var reader = new WireReader(body);
        var method = (KeyExchangeMethod)reader.ReadUInt16();
        reader.Read(2);
        byte[] data = reader.ReadRest().ToArray();
        return reader.AtCleanEnd && data.Length > 0 ? new KePayload(method, data) : null;
    }

    public static void WriteKe(KePayload payload, WireWriter writer)
    {
        writer.WriteUInt16((ushort)payload.Method);
        writer.WriteZeroes(2);
        writer.Write(payload.Data.Span);
    }

    // |   ID Type     |                 RESERVED                      |  Identification Data
    public static IdPayload? ReadId(PayloadType type, ReadOnlySpan<byte> body)
    {
        if (body.Length < 4) return null;
        return new IdPayload(type, new Identity((IdType)body[0], body[4..]), body.ToArray());
    }

    // | Auth Method   |                RESERVED                       |  Authentication Data
    public static AuthPayload? ReadAuth(ReadOnlySpan<byte> body) =>
        body.Length > 4 ? new AuthPayload((AuthMethod)body[0], body[4..].ToArray()) : null;

    public static void WriteAuth(AuthPayload payload, WireWriter writer)
    {
        writer.WriteByte((byte)payload.Method);
        writer.WriteZeroes(3);
        writer.Write(payload.Data.Span);
    }

    public static NoncePayload? ReadNonce(ReadOnlySpan<byte> body) =>
        body.Length is >= ShortestNonce and <= LongestNonce ? new NoncePayload(body.ToArray()) : null;

    // | Cert Encoding |  Certificate Data or Certification Authority
    public static CertPayload? ReadCert(PayloadType type, ReadOnlySpan<byte> body) =>
        body.Length >= 1 ? new CertPayload(type, body[0], body[1..].ToArray()) : null;

    public static void WriteCert(CertPayload payload, WireWriter writer)
    {
        writer.WriteByte(payload.Encoding);
        writer.Write(payload.Data.Span);
    }

    // |     Code      | Identifier    |           Length              |  Type, Type_Data
    public static EapPayload? ReadEap(ReadOnlySpan<byte> body) =>
        body.Length >= EapHeader && (body[2] << 8 | body[3]) == body.Length ? new EapPayload(body.ToArray()) : null;
}
