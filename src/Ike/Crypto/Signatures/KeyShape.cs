using System.Formats.Asn1;

namespace Concentrator.Ike.Crypto;

/// <summary>The structures a private key may have, told apart by their first two elements.</summary>
internal enum KeyShape
{
    None,

    /// <summary>RFC 8017 §A.1.2: SEQUENCE { INTEGER 0, INTEGER n, …</summary>
    Pkcs1,

    /// <summary>RFC 5915 §3: SEQUENCE { INTEGER 1, OCTET STRING, …</summary>
    Sec1,

    /// <summary>RFC 5958 §2: SEQUENCE { INTEGER 0 or 1, SEQUENCE { algorithm }, OCTET STRING, …</summary>
    Pkcs8,

    /// <summary>RFC 5958 §3: SEQUENCE { SEQUENCE { algorithm }, OCTET STRING }</summary>
    EncryptedPkcs8,
}

internal static class KeyShapes
{
    public static KeyShape Of(ReadOnlyMemory<byte> der)
    {
        try
        {
            AsnReader sequence = new AsnReader(der, AsnEncodingRules.BER).ReadSequence();
            Asn1Tag first = sequence.PeekTag();
            sequence.ReadEncodedValue();
            return (first.TagValue, sequence.PeekTag().TagValue) switch
            {
                ((int)UniversalTagNumber.Integer, (int)UniversalTagNumber.Integer) => KeyShape.Pkcs1,
                ((int)UniversalTagNumber.Integer, (int)UniversalTagNumber.OctetString) => KeyShape.Sec1,
                ((int)UniversalTagNumber.Integer, (int)UniversalTagNumber.Sequence) => KeyShape.Pkcs8,
                ((int)UniversalTagNumber.Sequence, (int)UniversalTagNumber.OctetString) => KeyShape.EncryptedPkcs8,
                _ => KeyShape.None,
            };
        }
        catch (AsnContentException)
        {
            return KeyShape.None;
        }
    }
}
