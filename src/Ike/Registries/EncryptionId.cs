namespace Concentrator.Ike.Registries;

/// <summary>Encryption transform ids (IANA "Transform Type 1"). Only what this program implements is named.</summary>
public enum EncryptionId : ushort
{
    None = 0,
    AesCbc = 12,
    AesGcm8 = 18,
    AesGcm12 = 19,
    AesGcm16 = 20,
    ChaCha20Poly1305 = 28,
}
