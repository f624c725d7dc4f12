using Concentrator.Ike.Crypto.Groups;
using Org.BouncyCastle.Math;

namespace Concentrator.Ike.Crypto.BouncyCastle;

/// <summary>Diffie-Hellman modulo a prime. The exponent is an immutable number of BouncyCastle's and cannot be wiped.</summary>
internal sealed class BouncyCastleModp(ModpGroup group, ReadOnlySpan<byte> privateValue) : IPrivateValue
{
    private readonly BigInteger _prime = new(1, group.Prime);
    private readonly BigInteger _exponent = new(1, privateValue);

    public void WritePublicValue(Span<byte> destination) => Raise(BigInteger.Two, destination);

    public bool TryAgree(ReadOnlySpan<byte> peerPublicValue, Span<byte> sharedSecret)
    {
        Raise(new BigInteger(1, peerPublicValue), sharedSecret);
        return true;
    }

    public void Dispose()
    {
    }

    private void Raise(BigInteger basis, Span<byte> power)
    {
        byte[] digits = basis.ModPow(_exponent, _prime).ToByteArrayUnsigned();
        power.Clear();
        digits.CopyTo(power[(power.Length - digits.Length)..]);
    }
}
