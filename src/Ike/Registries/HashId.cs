namespace Concentrator.Ike.Registries;

/// <summary>Hash algorithms of signatures (IANA "IKEv2 Hash Algorithms", RFC 7427 §7, RFC 8420 §2).</summary>
public enum HashId : ushort
{
    Sha1 = 1,
    Sha256 = 2,
    Sha384 = 3,
    Sha512 = 4,

    /// <summary>The algorithm takes the message itself: EdDSA.</summary>
    Identity = 5,
}
