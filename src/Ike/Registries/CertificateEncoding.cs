namespace Concentrator.Ike.Registries;

/// <summary>Certificate encodings (IANA "IKEv2 Certificate Encodings", RFC 7296 §3.6) that this program knows.</summary>
public enum CertificateEncoding : byte
{
    /// <summary>One DER certificate in CERT; SHA-1 hashes of authorities' keys in CERTREQ.</summary>
    X509Signature = 4,
}
