using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Concentrator.Ike.Crypto;

/// <summary>The public key of a certificate, for checking one AUTH. Owned by whoever asked for it; not thread-safe.</summary>
internal abstract class VerifyingKey : IDisposable
{
    private const string Ed25519Oid = "1.3.101.112";
    private const int SmallestRsaBits = 1024;
    private const int LargestRsaBits = 16384;

    public abstract SignatureKeyKind Kind { get; }

    /// <summary>Of the modulus or the curve.</summary>
    public virtual int Bits => Kind.Bits();

    /// <summary>Null: the key is of a kind, a curve or a size that does not sign AUTH.</summary>
    public static VerifyingKey? Of(X509Certificate2 certificate)
    {
        try
        {
            if (certificate.GetRSAPublicKey() is { } rsa) return OfRsa(rsa);
            if (certificate.GetECDsaPublicKey() is { } ecdsa) return OfEcdsa(ecdsa);
            return certificate.PublicKey.Oid.Value == Ed25519Oid ? Ed25519VerifyingKey.Of(certificate.PublicKey.EncodedKeyValue.RawData) : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>True only when the signature is good; the scheme is one for keys of this kind. Whatever the octets are, nothing is thrown.</summary>
    public bool Verify(SignatureScheme scheme, ReadOnlySpan<byte> octets, ReadOnlySpan<byte> signature)
    {
        try
        {
            return scheme.IsFor(Kind) && IsGood(scheme, octets, signature);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    public abstract void Dispose();

    protected abstract bool IsGood(SignatureScheme scheme, ReadOnlySpan<byte> octets, ReadOnlySpan<byte> signature);

    private static RsaVerifyingKey? OfRsa(RSA key)
    {
        if (key.KeySize is >= SmallestRsaBits and <= LargestRsaBits) return new RsaVerifyingKey(key);
        key.Dispose();
        return null;
    }

    private static EcdsaVerifyingKey? OfEcdsa(ECDsa key)
    {
        if (EcdsaCurves.KindOf(key.ExportParameters(includePrivateParameters: false).Curve) is { } kind) return new EcdsaVerifyingKey(key, kind);
        key.Dispose();
        return null;
    }
}

internal sealed class RsaVerifyingKey(RSA key) : VerifyingKey
{
    public override SignatureKeyKind Kind => SignatureKeyKind.Rsa;

    public override int Bits => key.KeySize;

    public override void Dispose() => key.Dispose();

    protected override bool IsGood(SignatureScheme scheme, ReadOnlySpan<byte> octets, ReadOnlySpan<byte> signature) =>
        key.VerifyData(octets, signature, scheme.HashName, scheme.Padding!);
}

internal sealed class EcdsaVerifyingKey(ECDsa key, SignatureKeyKind kind) : VerifyingKey
{
    public override SignatureKeyKind Kind => kind;

    public override void Dispose() => key.Dispose();

    protected override bool IsGood(SignatureScheme scheme, ReadOnlySpan<byte> octets, ReadOnlySpan<byte> signature) =>
        key.VerifyData(octets, signature, scheme.HashName, scheme.Format!.Value);
}
