using System.Security.Cryptography.X509Certificates;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Wire;

namespace Concentrator.Actors.Certificates;

/// <summary>Names of certificates, safe for logs.</summary>
internal static class Names
{
    public static string Subject(X509Certificate2 certificate) => Of(certificate.SubjectName);

    public static string Issuer(X509Certificate2 certificate) => Of(certificate.IssuerName);

    private static string Of(X500DistinguishedName name) => new Identity(IdType.DerAsn1Dn, name.RawData).ToString();
}
