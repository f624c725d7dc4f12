using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Crypto.Groups;

/// <summary>X25519 (RFC 7748, RFC 8031): any 32 octets are a private and a public value; an all-zero result is not a secret.</summary>
internal sealed class Curve25519Group() : KeyExchangeGroup(KeyExchangeMethod.Curve25519, ValueLength, ValueLength, ValueLength)
{
    private const int ValueLength = 32;

    public override bool IsPrivateValue(ReadOnlySpan<byte> candidate) => candidate.Length == ValueLength;

    // RFC 8031 §3: non-canonical values and the top bit are accepted as RFC 7748 §5 wants it.
    public override bool IsPublicValue(ReadOnlySpan<byte> candidate) => candidate.Length == ValueLength;

    public override IPrivateValue Import(IKeyExchangeProvider provider, ReadOnlySpan<byte> privateValue) =>
        provider.ImportCurve25519(privateValue);
}
