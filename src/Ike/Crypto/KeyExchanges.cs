using Concentrator.Ike.Crypto.BouncyCastle;
using Concentrator.Ike.Crypto.Groups;
using Concentrator.Ike.Crypto.Native;
using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Crypto;

/// <summary>
/// The key exchange methods this program computes: libcrypto 3 where it is, else BouncyCastle. Thread-safe.
/// </summary>
public static class KeyExchanges
{
    internal static IKeyExchangeProvider Provider { get; } =
        LibCrypto.IsAvailable ? LibCryptoProvider.Instance : BouncyCastleProvider.Instance;

    public static bool IsSupported(KeyExchangeMethod method) => KeyExchangeGroup.Find(method) is not null;

    /// <summary>Octets of a public value in the KE payload; 0 for a method that is not supported.</summary>
    public static int PublicValueLength(KeyExchangeMethod method) => KeyExchangeGroup.Find(method)?.PublicLength ?? 0;

    /// <summary>Draws a private value from <paramref name="random"/> and computes the public one. The caller owns the result.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The method is not supported: ask <see cref="IsSupported"/> first.</exception>
    public static IKeyExchange Generate(KeyExchangeMethod method, IRandom random) => Generate(method, random, Provider);

    /// <summary>A key exchange that was begun elsewhere, by its private value. Null where that is no private value of a method that is supported. The caller owns the result.</summary>
    public static IKeyExchange? Import(KeyExchangeMethod method, Secret privateValue)
    {
        ArgumentNullException.ThrowIfNull(privateValue);
        return KeyExchangeGroup.Find(method) is { } group ? DrawnKeyExchange.Import(group, Provider, privateValue.Span) : null;
    }

    internal static IKeyExchange Generate(KeyExchangeMethod method, IRandom random, IKeyExchangeProvider provider)
    {
        ArgumentNullException.ThrowIfNull(random);
        KeyExchangeGroup group = KeyExchangeGroup.Find(method)
            ?? throw new ArgumentOutOfRangeException(nameof(method), method, "Key exchange method not supported.");

        return DrawnKeyExchange.Draw(group, provider, random);
    }
}
