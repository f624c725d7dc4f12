using System.Formats.Asn1;
using System.Security.Cryptography;

namespace Concentrator.Ike.Crypto;

/// <summary>
/// Private keys out of files: PEM or DER of PKCS#1, SEC1, PKCS#8 and encrypted PKCS#8, and the encrypted PEM that OpenSSL wrote before PKCS#8.
/// The structure of the DER decides what a key is, not the label of the PEM. Decrypted octets are zeroed after use. Thread-safe.
/// </summary>
public static class SigningKeys
{
    private const string RsaOid = "1.2.840.113549.1.1.1";
    private const string EcOid = "1.2.840.10045.2.1";
    private const string Ed25519Oid = "1.3.101.112";
    private const int SmallestRsaBits = 1024;

    /// <summary>Reads one private key.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="passphrase">Empty where there is none.</param>
    /// <exception cref="FormatException">It holds no private key that can sign AUTH, or the passphrase is missing or wrong; the message says which.</exception>
    public static SigningKey Parse(ReadOnlySpan<byte> file, ReadOnlySpan<char> passphrase)
    {
        byte[] der = PemPrivateKey.IsPem(file) ? PemPrivateKey.Read(file, passphrase) : file.ToArray();
        try
        {
            return ParseDer(der, passphrase);
        }
        catch (Exception e) when (e is CryptographicException or AsnContentException or ArgumentException)
        {
            throw new FormatException("the private key is damaged", e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(der);
        }
    }

    private static SigningKey ParseDer(byte[] der, ReadOnlySpan<char> passphrase)
    {
        switch (KeyShapes.Of(der))
        {
            case KeyShape.Pkcs1:
                return Rsa(key => key.ImportRSAPrivateKey(der, out _));
            case KeyShape.Sec1:
                return Ec(key => key.ImportECPrivateKey(der, out _));
            case KeyShape.Pkcs8:
                return ParsePkcs8(der);
            case KeyShape.EncryptedPkcs8:
                byte[] plain = EncryptedPkcs8.Decrypt(der, passphrase);
                try
                {
                    return ParsePkcs8(plain);
                }
                finally
                {
                    CryptographicOperations.ZeroMemory(plain);
                }

            default:
                throw new FormatException("it is no private key: neither PKCS#1, SEC1 nor PKCS#8");
        }
    }

    private static SigningKey ParsePkcs8(byte[] der)
    {
        AsnReader sequence = new AsnReader(der, AsnEncodingRules.BER).ReadSequence();
        sequence.ReadIntegerBytes();
        string algorithm = sequence.ReadSequence().ReadObjectIdentifier();
        switch (algorithm)
        {
            case RsaOid:
                return Rsa(key => key.ImportPkcs8PrivateKey(der, out _));
            case EcOid:
                return Ec(key => key.ImportPkcs8PrivateKey(der, out _));
            case Ed25519Oid:
                // RFC 8410 §7: an OCTET STRING inside the OCTET STRING.
                byte[] inner = sequence.ReadOctetString();
                byte[] seed = new AsnReader(inner, AsnEncodingRules.DER).ReadOctetString();
                using (var cleared = new ClearedOctets(inner, seed)) return new Ed25519SigningKey(seed);
            default:
                throw new FormatException($"keys of algorithm {algorithm} cannot sign: RSA, ECDSA and Ed25519 can");
        }
    }

    private static RsaSigningKey Rsa(Action<RSA> import)
    {
        RSA key = RSA.Create();
        try
        {
            import(key);
            if (key.KeySize < SmallestRsaBits) throw new FormatException($"an RSA key of {key.KeySize} bits is too short");
            return new RsaSigningKey(key);
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    private static EcdsaSigningKey Ec(Action<ECDsa> import)
    {
        ECDsa key = ECDsa.Create();
        try
        {
            import(key);
            ECCurve curve = key.ExportParameters(includePrivateParameters: false).Curve;
            return new EcdsaSigningKey(key, EcdsaCurves.KindOf(curve) ?? throw new FormatException("the curve is none of P-256, P-384 and P-521"));
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    /// <summary>Zeroes what it was given when its scope ends.</summary>
    private readonly ref struct ClearedOctets(byte[] first, byte[] second)
    {
        public void Dispose()
        {
            CryptographicOperations.ZeroMemory(first);
            CryptographicOperations.ZeroMemory(second);
        }
    }
}
