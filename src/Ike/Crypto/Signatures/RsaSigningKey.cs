using System.Security.Cryptography;

namespace Concentrator.Ike.Crypto;

/// <summary>RSA by .NET; PKCS#1 v1.5 or PSS as the scheme says.</summary>
internal sealed class RsaSigningKey(RSA key) : SigningKey
{
    public override SignatureKeyKind Kind => SignatureKeyKind.Rsa;

    public override int Bits => key.KeySize;

    public override ReadOnlyMemory<byte> PublicKey { get; } = key.ExportSubjectPublicKeyInfo();

    internal override byte[] Sign(SignatureScheme scheme, ReadOnlySpan<byte> octets)
    {
        byte[] signature = new byte[(key.KeySize + 7) / 8];
        int written = key.SignData(octets, signature, scheme.HashName, scheme.Padding!);
        return written == signature.Length ? signature : signature[..written];
    }

    protected override void Dispose(bool disposing) => key.Dispose();
}
