using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Crypto.Groups;

/// <summary>
/// What a key exchange method is apart from who computes it: fixed lengths in octets, and which octets may be computed on.
/// Immutable; one instance per method.
/// </summary>
internal abstract class KeyExchangeGroup(KeyExchangeMethod method, int privateLength, int publicLength, int sharedLength)
{
    public static IReadOnlyList<KeyExchangeGroup> All { get; } =
    [
        new Curve25519Group(),
        EcpGroup.Ecp256,
        EcpGroup.Ecp384,
        ModpGroup.Modp2048,
        ModpGroup.Modp3072,
        ModpGroup.Modp4096,
    ];

    public KeyExchangeMethod Method { get; } = method;

    public int PrivateLength { get; } = privateLength;

    public int PublicLength { get; } = publicLength;

    public int SharedLength { get; } = sharedLength;

    public static KeyExchangeGroup? Find(KeyExchangeMethod method) => All.FirstOrDefault(group => group.Method == method);

    /// <summary>True when random octets of <see cref="PrivateLength"/> are a private value of this group; otherwise they are drawn again.</summary>
    public abstract bool IsPrivateValue(ReadOnlySpan<byte> candidate);

    /// <summary>
    /// True when a peer's octets have the length and the range that RFC 6989 §2 asks for. On the curve or not is the provider's to say.
    /// </summary>
    public abstract bool IsPublicValue(ReadOnlySpan<byte> candidate);

    public abstract IPrivateValue Import(IKeyExchangeProvider provider, ReadOnlySpan<byte> privateValue);
}
