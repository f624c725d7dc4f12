namespace Concentrator.Ike.Registries;

/// <summary>Key exchange methods (IANA "Transform Type 4", formerly Diffie-Hellman groups).</summary>
public enum KeyExchangeMethod : ushort
{
    None = 0,
    Modp2048 = 14,
    Modp3072 = 15,
    Modp4096 = 16,
    Ecp256 = 19,
    Ecp384 = 20,
    Curve25519 = 31,
}
