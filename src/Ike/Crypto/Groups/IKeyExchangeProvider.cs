namespace Concentrator.Ike.Crypto.Groups;

/// <summary>A library that does the arithmetic. Stateless and thread-safe; the groups do what needs no arithmetic (lengths, ranges).</summary>
internal interface IKeyExchangeProvider
{
    string Name { get; }

    IPrivateValue ImportCurve25519(ReadOnlySpan<byte> privateValue);

    IPrivateValue ImportEcp(EcpGroup group, ReadOnlySpan<byte> privateValue);

    IPrivateValue ImportModp(ModpGroup group, ReadOnlySpan<byte> privateValue);
}
