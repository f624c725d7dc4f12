using System.Security.Cryptography;

namespace Concentrator.Ike.Crypto;

/// <summary>ECDSA on one of the three NIST curves, by .NET.</summary>
internal sealed class EcdsaSigningKey(ECDsa key, SignatureKeyKind kind) : SigningKey
{
    public override SignatureKeyKind Kind => kind;

    public override ReadOnlyMemory<byte> PublicKey { get; } = key.ExportSubjectPublicKeyInfo();

    internal override byte[] Sign(SignatureScheme scheme, ReadOnlySpan<byte> octets)
    {
        DSASignatureFormat format = scheme.Format!.Value;
        Span<byte> signature = stackalloc byte[key.GetMaxSignatureSize(format)];
        if (!key.TrySignData(octets, signature, scheme.HashName, format, out int written))
            throw new CryptographicException("An ECDSA signature is longer than it can be.");
        return signature[..written].ToArray();
    }

    protected override void Dispose(bool disposing) => key.Dispose();
}
