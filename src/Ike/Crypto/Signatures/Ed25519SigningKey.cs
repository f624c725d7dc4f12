using Org.BouncyCastle.Math.EC.Rfc8032;

namespace Concentrator.Ike.Crypto;

/// <summary>Ed25519 (RFC 8032) by BouncyCastle; the seed is wiped on dispose.</summary>
internal sealed class Ed25519SigningKey : SigningKey
{
    private readonly Secret _seed;

    /// <param name="seed">32 octets, copied.</param>
    public Ed25519SigningKey(ReadOnlySpan<byte> seed)
    {
        _seed = new Secret(seed);
        byte[] publicKey = new byte[Ed25519.PublicKeySize];
        Ed25519.GeneratePublicKey(seed, publicKey);
        PublicKey = (byte[])[.. SubjectPublicKeyInfoHead, .. publicKey];
    }

    /// <summary>RFC 8410 §4: SEQUENCE { SEQUENCE { 1.3.101.112 }, BIT STRING of 32 octets }, up to the octets.</summary>
    public static ReadOnlySpan<byte> SubjectPublicKeyInfoHead => [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

    public override SignatureKeyKind Kind => SignatureKeyKind.Ed25519;

    public override ReadOnlyMemory<byte> PublicKey { get; }

    internal override byte[] Sign(SignatureScheme scheme, ReadOnlySpan<byte> octets)
    {
        byte[] signature = new byte[Ed25519.SignatureSize];
        byte[] message = octets.ToArray();
        byte[] seed = _seed.Span.ToArray();
        Ed25519.Sign(seed, 0, message, 0, message.Length, signature, 0);
        System.Security.Cryptography.CryptographicOperations.ZeroMemory(seed);
        return signature;
    }

    protected override void Dispose(bool disposing) => _seed.Dispose();
}
