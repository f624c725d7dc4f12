using System.Buffers.Text;
using System.Security.Cryptography;

namespace Concentrator.Ike.Crypto;

/// <summary>Finds the private key in a PEM file (RFC 7468, and the headers of RFC 1421 §4.6 that OpenSSL's own encryption uses) and decodes it.</summary>
internal static class PemPrivateKey
{
    private static ReadOnlySpan<byte> Begin => "-----BEGIN "u8;

    private static ReadOnlySpan<byte> End => "-----END "u8;

    private static ReadOnlySpan<byte> Dashes => "-----"u8;

    public static bool IsPem(ReadOnlySpan<byte> file) => file.IndexOf(Begin) >= 0;

    /// <summary>The DER of the first block whose label ends in PRIVATE KEY; EC PARAMETERS and certificates before it are passed over.</summary>
    /// <exception cref="FormatException">There is none, it is not base64, or it is encrypted and the passphrase does not fit.</exception>
    public static byte[] Read(ReadOnlySpan<byte> file, ReadOnlySpan<char> passphrase)
    {
        while (NextBlock(ref file, out ReadOnlySpan<byte> label, out ReadOnlySpan<byte> body))
        {
            if (!label.EndsWith("PRIVATE KEY"u8)) continue;
            ReadOnlySpan<byte> info = TakeHeaders(ref body);
            byte[] der = Decode(body);
            if (info.IsEmpty) return der;
            try
            {
                return LegacyPemEncryption.Decrypt(info, der, passphrase);
            }
            finally
            {
                CryptographicOperations.ZeroMemory(der);
            }
        }

        throw new FormatException("there is no private key in this PEM file");
    }

    private static bool NextBlock(ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> label, out ReadOnlySpan<byte> body)
    {
        label = body = default;
        int begin = rest.IndexOf(Begin);
        if (begin < 0) return false;
        rest = rest[(begin + Begin.Length)..];
        int close = rest.IndexOf(Dashes);
        if (close < 0) return false;
        label = rest[..close];
        rest = rest[(close + Dashes.Length)..];
        int end = rest.IndexOf(End);
        if (end < 0) throw new FormatException("the PEM file ends within its key");
        body = rest[..end];
        rest = rest[(end + End.Length)..];
        return true;
    }

    /// <summary>Cuts <c>Proc-Type</c> and <c>DEK-Info</c> off and returns the latter's value, empty when there are none.</summary>
    private static ReadOnlySpan<byte> TakeHeaders(ref ReadOnlySpan<byte> body)
    {
        ReadOnlySpan<byte> info = default;
        ReadOnlySpan<byte> rest = body.TrimStart("\r\n "u8);
        while (rest.IndexOf((byte)'\n') is >= 0 and var end && rest[..end].IndexOf((byte)':') is > 0 and var colon)
        {
            if (rest[..colon].SequenceEqual("DEK-Info"u8)) info = rest[(colon + 1)..end].Trim(" \r"u8);
            body = rest = rest[(end + 1)..];
        }

        return info;
    }

    private static byte[] Decode(ReadOnlySpan<byte> body)
    {
        byte[] decoded = new byte[Base64.GetMaxDecodedFromUtf8Length(body.Length)];
        try
        {
            // White space is skipped.
            if (Base64.DecodeFromUtf8(body, decoded, out _, out int written) != System.Buffers.OperationStatus.Done)
                throw new FormatException("the PEM file is not base64");
            return decoded[..written];
        }
        finally
        {
            CryptographicOperations.ZeroMemory(decoded);
        }
    }
}
