using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Asn1.Ocsp;
using Org.BouncyCastle.Asn1.Oiw;
using Org.BouncyCastle.Asn1.X509;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Ocsp;
using Org.BouncyCastle.Security;
using BouncyCertificate = Org.BouncyCastle.X509.X509Certificate;
using BouncyExtension = Org.BouncyCastle.Asn1.X509.X509Extension;

namespace Concentrator.Actors.Certificates;

/// <summary>
/// A question to an OCSP responder about one certificate, and what its answer is worth (RFC 6960). The platform's chain engine asks those alone that a certificate
/// names; this asks those of the configuration.
/// </summary>
internal sealed class OcspQuestion
{
    public const string MediaType = "application/ocsp-request";

    /// <summary>How old an answer may be that says no end of its own.</summary>
    private static readonly TimeSpan Freshness = TimeSpan.FromMinutes(5);

    /// <summary>How far the clocks may be apart.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);

    private readonly BouncyCertificate _issuer;
    private readonly CertificateID _id;
    private readonly byte[] _nonce = RandomNumberGenerator.GetBytes(32);

    public OcspQuestion(X509Certificate2 certificate, X509Certificate2 issuer)
    {
        _issuer = new BouncyCertificate(issuer.RawData);
        // RFC 5019 §2.1.1: the hash that every responder knows; it names the issuer, nothing rests on it.
        AlgorithmIdentifier hash = new(OiwObjectIdentifiers.IdSha1, DerNull.Instance);
        _id = new CertificateID(hash, _issuer, new BigInteger(certificate.SerialNumberBytes.ToArray()));
    }

    public byte[] Encode()
    {
        OcspReqGenerator generator = new();
        generator.AddRequest(_id);
        // RFC 8954 §2.1: 32 octets, in an OCTET STRING.
        generator.SetRequestExtensions(new X509Extensions(new Dictionary<DerObjectIdentifier, BouncyExtension>
        {
            [OcspObjectIdentifiers.PkixOcspNonce] = new(false, new DerOctetString(new DerOctetString(_nonce).GetDerEncoded())),
        }));
        return generator.Generate().GetEncoded();
    }

    /// <summary>Unknown: it is damaged, not signed by who may, about another certificate, too old, or the answer to another question.</summary>
    public Standing Judge(byte[] answer, DateTimeOffset now)
    {
        try
        {
            if (new OcspResp(answer) is not { Status: OcspRespStatus.Successful } response || response.GetResponseObject() is not BasicOcspResp basic) return Standing.Unknown;
            if (!IsSignedByWhoMay(basic, now) || !IsToThisQuestion(basic)) return Standing.Unknown;
            return basic.Responses.Where(one => _id.Equals(one.GetCertID()) && IsCurrent(one, now)).Select(StandingOf).FirstOrDefault();
        }
        catch (Exception e) when (e is OcspException or GeneralSecurityException or CryptoException or IOException or ArgumentException or InvalidOperationException or InvalidCastException)
        {
            return Standing.Unknown;
        }
    }

    private static Standing StandingOf(SingleResp one) => one.GetCertStatus() switch
    {
        null => Standing.Good,
        RevokedStatus => Standing.Revoked,
        _ => Standing.Unknown,
    };

    /// <summary>RFC 6960 §4.2.2.2: the issuer itself, or one whom it has given a certificate with id-kp-OCSPSigning.</summary>
    private bool IsSignedByWhoMay(BasicOcspResp basic, DateTimeOffset now) =>
        basic.Verify(_issuer.GetPublicKey()) || basic.GetCerts().Any(one => MaySign(one, now) && basic.Verify(one.GetPublicKey()));

    private bool MaySign(BouncyCertificate delegated, DateTimeOffset now)
    {
        if (!delegated.IsValid(now.UtcDateTime) || !delegated.IssuerDN.Equivalent(_issuer.SubjectDN)) return false;
        if (delegated.GetExtendedKeyUsage()?.Any(usage => usage.Equals(KeyPurposeID.id_kp_OCSPSigning)) is not true) return false;
        delegated.Verify(_issuer.GetPublicKey());
        return true;
    }

    /// <summary>RFC 6960 §4.4.1: who gives no nonce back answers from a store, and the time decides; another nonce is a replay.</summary>
    private bool IsToThisQuestion(BasicOcspResp basic) =>
        basic.ResponseExtensions?.GetExtension(OcspObjectIdentifiers.PkixOcspNonce) is not { } nonce
        || Asn1OctetString.GetInstance(nonce.GetParsedValue()).GetOctets().AsSpan().SequenceEqual(_nonce);

    /// <summary>RFC 6960 §4.2.2.1.</summary>
    private static bool IsCurrent(SingleResp one, DateTimeOffset now)
    {
        DateTime latest = one.NextUpdate ?? one.ThisUpdate + Freshness;
        return one.ThisUpdate - Skew <= now.UtcDateTime && now.UtcDateTime <= latest + Skew;
    }
}
