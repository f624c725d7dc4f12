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
