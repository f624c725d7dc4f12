namespace Concentrator.Ike.Registries;

/// <summary>Integrity transform ids (IANA "Transform Type 3", RFC 4868).</summary>
public enum IntegrityId : ushort
{
    None = 0,
    HmacSha1_96 = 2,
    HmacSha256_128 = 12,
    HmacSha384_192 = 13,
    HmacSha512_256 = 14,
}
