using System.Collections.Concurrent;
using Concentrator.Ike.Crypto.Groups;

namespace Concentrator.Ike.Crypto.Native;

/// <summary>
/// ECDH on a NIST curve with <c>EC_POINT</c>, which multiplies in constant time. EVP would validate the peer's point a second time,
/// at twice the cost. The <c>EC_GROUP</c>s are made once and live as long as the process.
/// </summary>
internal sealed class LibCryptoEcp : IPrivateValue
{
    private static readonly ConcurrentDictionary<int, EcGroupHandle> Curves = new();

    private readonly EcpGroup _group;
    private readonly EcGroupHandle _curve;
    private readonly BigNumHandle _privateValue;

    internal LibCryptoEcp(EcpGroup group, ReadOnlySpan<byte> privateValue)
    {
        _group = group;
        _curve = Curves.GetOrAdd(
            group.Nid,
            nid => LibCrypto.Check(LibCrypto.EC_GROUP_new_by_curve_name(nid), nameof(LibCrypto.EC_GROUP_new_by_curve_name)));
        _privateValue = BigNum.FromSecret(privateValue);
    }

    public void WritePublicValue(Span<byte> destination)
    {
        using EcPointHandle point = NewPoint();
        LibCrypto.Check(LibCrypto.EC_POINT_mul(_curve, point, _privateValue, 0, 0, 0) == 1, nameof(LibCrypto.EC_POINT_mul));
        using BigNumHandle x = BigNum.New();
        using BigNumHandle y = BigNum.New();
        LibCrypto.Check(
            LibCrypto.EC_POINT_get_affine_coordinates(_curve, point, x, y, 0) == 1, nameof(LibCrypto.EC_POINT_get_affine_coordinates));
        BigNum.Write(x, destination[.._group.CoordinateLength]);
        BigNum.Write(y, destination[_group.CoordinateLength..]);
    }

    public bool TryAgree(ReadOnlySpan<byte> peerPublicValue, Span<byte> sharedSecret)
    {
        using BigNumHandle x = BigNum.From(peerPublicValue[.._group.CoordinateLength]);
        using BigNumHandle y = BigNum.From(peerPublicValue[_group.CoordinateLength..]);
        using EcPointHandle peer = NewPoint();

        // RFC 6989 §2.3: the point must be on the curve. The cofactor is 1, so no further check is needed.
        if (LibCrypto.EC_POINT_set_affine_coordinates(_curve, peer, x, y, 0) != 1)
        {
            LibCrypto.ERR_clear_error();
            return false;
        }

        using EcPointHandle product = NewPoint();
        LibCrypto.Check(LibCrypto.EC_POINT_mul(_curve, product, 0, peer, _privateValue, 0) == 1, nameof(LibCrypto.EC_POINT_mul));
        using BigNumHandle sharedX = BigNum.New();
        using BigNumHandle sharedY = BigNum.New();
        LibCrypto.Check(
            LibCrypto.EC_POINT_get_affine_coordinates(_curve, product, sharedX, sharedY, 0) == 1,
            nameof(LibCrypto.EC_POINT_get_affine_coordinates));
        BigNum.Write(sharedX, sharedSecret);
        return true;
    }

    public void Dispose() => _privateValue.Dispose();

    private EcPointHandle NewPoint() => LibCrypto.Check(LibCrypto.EC_POINT_new(_curve), nameof(LibCrypto.EC_POINT_new));
}
