namespace Concentrator.Ike.Registries;

/// <summary>Authentication methods (IANA "IKEv2 Authentication Method", RFC 7296 §3.8).</summary>
public enum AuthMethod : byte
{
    RsaDigitalSignature = 1,
    SharedKeyMic = 2,
    DssDigitalSignature = 3,
    EcdsaP256 = 9,
    EcdsaP384 = 10,
    EcdsaP521 = 11,
    NullAuthentication = 13,
    DigitalSignature = 14,
}
