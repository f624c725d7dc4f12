using Concentrator.Ike.Crypto.Groups;

namespace Concentrator.Ike.Crypto.BouncyCastle;

/// <summary>
/// Key exchange by BouncyCastle, for machines without libcrypto 3. Its scalar multiplication and exponentiation are not claimed to take
/// constant time; a private value is used once (one IKE exchange), which bounds what timing can tell.
/// </summary>
internal sealed class BouncyCastleProvider : IKeyExchangeProvider
{
    internal static readonly BouncyCastleProvider Instance = new();

    private BouncyCastleProvider()
    {
    }

    public string Name => "BouncyCastle";

    public IPrivateValue ImportCurve25519(ReadOnlySpan<byte> privateValue) => new BouncyCastleCurve25519(privateValue);

    public IPrivateValue ImportEcp(EcpGroup group, ReadOnlySpan<byte> privateValue) => new BouncyCastleEcp(group, privateValue);

    public IPrivateValue ImportModp(ModpGroup group, ReadOnlySpan<byte> privateValue) => new BouncyCastleModp(group, privateValue);
}
