namespace Concentrator.Ike.Registries;

/// <summary>Pseudorandom function ids (IANA "Transform Type 2", RFC 4868).</summary>
public enum PrfId : ushort
{
    HmacSha1 = 2,
    HmacSha256 = 5,
    HmacSha384 = 6,
    HmacSha512 = 7,
}
