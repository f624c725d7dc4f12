namespace Concentrator.Ike.Configuration;

/// <summary>The algorithm of a key that signs, whatever its size or curve.</summary>
public enum KeyFamily
{
    Rsa,
    Ecdsa,
    Ed25519,
}
