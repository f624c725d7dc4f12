using System.Security.Cryptography;
using Concentrator.Ike.Crypto.Groups;
using Org.BouncyCastle.Math.EC.Rfc7748;

namespace Concentrator.Ike.Crypto.BouncyCastle;

/// <summary>X25519; the scalar is wiped on dispose.</summary>
internal sealed class BouncyCastleCurve25519(ReadOnlySpan<byte> privateValue) : IPrivateValue
{
    private readonly byte[] _scalar = privateValue.ToArray();

    public void WritePublicValue(Span<byte> destination) => X25519.ScalarMultBase(_scalar, destination);

    public bool TryAgree(ReadOnlySpan<byte> peerPublicValue, Span<byte> sharedSecret) =>
        X25519.CalculateAgreement(_scalar, peerPublicValue, sharedSecret);

    public void Dispose() => CryptographicOperations.ZeroMemory(_scalar);
}
