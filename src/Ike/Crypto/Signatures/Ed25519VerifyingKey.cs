using Org.BouncyCastle.Math.EC.Rfc8032;

namespace Concentrator.Ike.Crypto;

internal sealed class Ed25519VerifyingKey : VerifyingKey
{
    private readonly byte[] _publicKey;

    private Ed25519VerifyingKey(byte[] publicKey) => _publicKey = publicKey;

    public override SignatureKeyKind Kind => SignatureKeyKind.Ed25519;

    /// <summary>Null: the octets are no point that a key may be (RFC 8032 §5.1.7).</summary>
    public static Ed25519VerifyingKey? Of(byte[] publicKey) =>
        publicKey.Length == Ed25519.PublicKeySize && Ed25519.ValidatePublicKeyFull(publicKey, 0) ? new Ed25519VerifyingKey(publicKey) : null;

    public override void Dispose()
    {
    }

    protected override bool IsGood(SignatureScheme scheme, ReadOnlySpan<byte> octets, ReadOnlySpan<byte> signature) =>
        signature.Length == Ed25519.SignatureSize
        && Ed25519.Verify(signature.ToArray(), 0, _publicKey, 0, octets.ToArray(), 0, octets.Length);
}
