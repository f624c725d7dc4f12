using Concentrator.Ike.Crypto.Groups;
using Org.BouncyCastle.Asn1.X9;
using Org.BouncyCastle.Crypto.EC;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Math.EC.Multiplier;
using ECPoint = Org.BouncyCastle.Math.EC.ECPoint;

namespace Concentrator.Ike.Crypto.BouncyCastle;

/// <summary>ECDH on a NIST curve. The scalar is an immutable number of BouncyCastle's and cannot be wiped.</summary>
internal sealed class BouncyCastleEcp(EcpGroup group, ReadOnlySpan<byte> privateValue) : IPrivateValue
{
    private readonly X9ECParameters _curve = CustomNamedCurves.GetByName(group.Name);
    private readonly BigInteger _scalar = new(1, privateValue);

    public void WritePublicValue(Span<byte> destination)
    {
        ECPoint point = new FixedPointCombMultiplier().Multiply(_curve.G, _scalar).Normalize();
        point.AffineXCoord.EncodeTo(destination[..group.CoordinateLength]);
        point.AffineYCoord.EncodeTo(destination[group.CoordinateLength..]);
    }

    public bool TryAgree(ReadOnlySpan<byte> peerPublicValue, Span<byte> sharedSecret)
    {
        ECPoint peer = _curve.Curve.CreatePoint(
            new BigInteger(1, peerPublicValue[..group.CoordinateLength]), new BigInteger(1, peerPublicValue[group.CoordinateLength..]));

        // RFC 6989 §2.3: the point must be on the curve.
        if (!peer.IsValid())
            return false;

        peer.Multiply(_scalar).Normalize().AffineXCoord.EncodeTo(sharedSecret);
        return true;
    }

    public void Dispose()
    {
    }
}
