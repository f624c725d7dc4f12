using Concentrator.Ike.Configuration;

namespace Concentrator.Ike.Crypto;

/// <summary>What kind of key signs AUTH. The curve belongs to the kind, because RFC 4754 gives each a method of its own.</summary>
public enum SignatureKeyKind
{
    Rsa,
    EcdsaP256,
    EcdsaP384,
    EcdsaP521,
    Ed25519,
}

internal static class SignatureKeyKinds
{
    public static KeyFamily Family(this SignatureKeyKind kind) => kind switch
    {
        SignatureKeyKind.Rsa => KeyFamily.Rsa,
        SignatureKeyKind.Ed25519 => KeyFamily.Ed25519,
        _ => KeyFamily.Ecdsa,
    };

    /// <summary>The size of a key whose kind says it; of RSA the key itself knows.</summary>
    public static int Bits(this SignatureKeyKind kind) => kind switch
    {
        SignatureKeyKind.EcdsaP256 => 256,
        SignatureKeyKind.EcdsaP384 => 384,
        SignatureKeyKind.EcdsaP521 => 521,
        SignatureKeyKind.Ed25519 => 256,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "The kind says nothing of the size."),
    };
}
