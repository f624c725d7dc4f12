using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Certificates;

/// <summary>Whom a certificate speaks for (RFC 4945 §3.1, §5.1): its subject, and the names of subjectAltName.</summary>
public static class CertificateIdentity
{
    private const string SubjectAlternativeName = "2.5.29.17";
    private const string SubjectKeyIdentifier = "2.5.29.14";

    // RFC 5280 §4.2.1.6: GeneralName
    private static readonly Asn1Tag Rfc822Name = new(TagClass.ContextSpecific, 1);
    private static readonly Asn1Tag DnsName = new(TagClass.ContextSpecific, 2);
    private static readonly Asn1Tag DirectoryName = new(TagClass.ContextSpecific, 4, isConstructed: true);
    private static readonly Asn1Tag IpAddress = new(TagClass.ContextSpecific, 7);

    /// <summary>The subject as an identity of its own.</summary>
    public static Identity Subject(X509Certificate2 certificate) => new(IdType.DerAsn1Dn, certificate.SubjectName.RawData);

    /// <summary>
    /// The certificate's issuer vouches for this identity: a distinguished name is its subject or a directoryName, an FQDN, a mailbox or an address stands in
    /// subjectAltName, a KEY_ID is its subjectKeyIdentifier. A wildcard in the certificate is not an identity; neither is the CN an FQDN.
    /// </summary>
    public static bool Confirms(X509Certificate2 certificate, Identity identity)
    {
        if (identity.Data.IsEmpty) return false;
        return identity.Type switch
        {
            IdType.DerAsn1Dn => IsName(certificate, identity),
            IdType.KeyId => IsKeyIdentifier(certificate, identity.Data.Span),
            IdType.Fqdn or IdType.Rfc822Address or IdType.Ipv4Address or IdType.Ipv6Address => AlternativeNames(certificate).Any(n => IsSame(n, identity)),
            _ => false,
        };
    }

    private static bool IsName(X509Certificate2 certificate, Identity identity)
    {
        if (DistinguishedName.Decode(identity.Data.Span) is not { IsEmpty: false } name) return false;
        return DistinguishedName.Decode(certificate.SubjectName.RawData) is { } subject && subject.Matches(name)
            || AlternativeNames(certificate).Any(n => n.Type == IdType.DerAsn1Dn && DistinguishedName.Decode(n.Data.Span) is { } other && other.Matches(name));
    }

    private static bool IsKeyIdentifier(X509Certificate2 certificate, ReadOnlySpan<byte> keyId) =>
        certificate.Extensions[SubjectKeyIdentifier] is { } extension
        && AsnDecoder.TryReadPrimitiveOctetString(extension.RawData, AsnEncodingRules.DER, out ReadOnlySpan<byte> value, out _)
        && value.SequenceEqual(keyId);

    private static bool IsSame(Identity named, Identity identity)
    {
        if (named.Type != identity.Type) return false;
        return identity.Type is IdType.Fqdn or IdType.Rfc822Address
            ? Ascii.EqualsIgnoreCase(named.Data.Span, identity.Data.Span)
            : named.Data.Span.SequenceEqual(identity.Data.Span);
    }

    private static List<Identity> AlternativeNames(X509Certificate2 certificate)
    {
        List<Identity> names = [];
        try
        {
            foreach (X509Extension extension in certificate.Extensions.Where(e => e.Oid?.Value == SubjectAlternativeName))
            {
                AsnReader sequence = new AsnReader(extension.RawData, AsnEncodingRules.DER).ReadSequence();
                while (sequence.HasData)
                {
                    if (ReadName(sequence) is { } name) names.Add(name);
                }
            }
        }
        catch (AsnContentException)
        {
            // What could be read stands; the chain's validation judges the certificate.
        }

        return names;
    }

    private static Identity? ReadName(AsnReader sequence)
    {
        Asn1Tag tag = sequence.PeekTag();
        if (tag == DirectoryName) return new Identity(IdType.DerAsn1Dn, sequence.ReadSequence(DirectoryName).ReadEncodedValue().Span);
        IdType? type = tag == DnsName ? IdType.Fqdn : tag == Rfc822Name ? IdType.Rfc822Address : tag == IpAddress ? IdType.Ipv4Address : null;
        if (type is null)
        {
            sequence.ReadEncodedValue();
            return null;
        }

        byte[] octets = sequence.ReadOctetString(tag);
        if (type == IdType.Ipv4Address && octets.Length == 16) type = IdType.Ipv6Address;
        return new Identity(type.Value, octets);
    }
}
