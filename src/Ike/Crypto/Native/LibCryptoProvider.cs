using Concentrator.Ike.Crypto.Groups;

namespace Concentrator.Ike.Crypto.Native;

/// <summary>Key exchange by libcrypto 3. Use only where <see cref="LibCrypto.IsAvailable"/>.</summary>
internal sealed class LibCryptoProvider : IKeyExchangeProvider
{
    internal static readonly LibCryptoProvider Instance = new();

    private LibCryptoProvider()
    {
    }

    public string Name => "libcrypto";

    public IPrivateValue ImportCurve25519(ReadOnlySpan<byte> privateValue) => new LibCryptoCurve25519(privateValue);

    public IPrivateValue ImportEcp(EcpGroup group, ReadOnlySpan<byte> privateValue) => new LibCryptoEcp(group, privateValue);

    public IPrivateValue ImportModp(ModpGroup group, ReadOnlySpan<byte> privateValue) => new LibCryptoModp(group, privateValue);
}
