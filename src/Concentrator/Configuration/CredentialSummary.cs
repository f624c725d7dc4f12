using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using Concentrator.Ike.Certificates;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Crypto;

namespace Concentrator.Configuration;

/// <summary>Who proves what with which certificate and key, for people: names and dates of certificates, kinds of keys, nothing of the keys.</summary>
internal static class CredentialSummary
{
    public static string LocalId(AuthConfig local) => local.Id?.ToString()
        ?? (local.Kind == AuthKind.PublicKey && local.Certificates.Count > 0 ? "the subject of the certificate" : "the address in use");

    public static string Local(AuthConfig local, GatewayConfig config)
    {
        if (local.Kind == AuthKind.PreSharedKey) return "pre-shared key";
        if (local.Certificates.Count == 0) return $"{Signature(local)}, with the certificate that confirms the id";
        return $"{Signature(local)}, with " + string.Join(" or ", local.Certificates.Select(c => $"'{Subject(c)}' ({KeyOf(c, config)})"));
    }

    public static string Remote(AuthConfig remote, GatewayConfig config)
    {
        if (remote.Kind == AuthKind.PreSharedKey) return "pre-shared key";
        string revocation = $"revocation {remote.Revocation.ToString().ToLowerInvariant()}";
        if (remote.Certificates.Count > 0) return $"{Signature(remote)}, with {Subjects(remote.Certificates)} and no other";
        if (remote.Authorities.Count > 0) return $"{Signature(remote)}, certified by {Subjects(remote.Authorities)}, {revocation}";
        return config.TrustedAuthorities.Any()
            ? $"{Signature(remote)}, certified by any authority, {revocation}"
            : $"{Signature(remote)}, but there is no authority, so nobody will be trusted";
    }

    public static void Write(TextWriter writer, GatewayConfig config)
    {
        foreach (X509Certificate2 certificate in config.Certificates) writer.WriteLine($"certificate '{Subject(certificate)}': {Dates(certificate)}, {KeyOf(certificate, config)}");
        foreach (X509Certificate2 authority in config.TrustedAuthorities) writer.WriteLine($"authority '{Subject(authority)}': {Dates(authority)}");
        foreach (RevocationList list in config.RevocationLists) writer.WriteLine($"revocation list of '{list.Issuer}': {Dates(list)}");
        IEnumerable<X509Certificate2> all = config.Certificates.Concat(config.Connections.SelectMany(c => c.Local.Certificates));
        foreach (SigningKey key in config.PrivateKeys.Where(k => !all.Any(k.IsKeyOf))) writer.WriteLine($"private key {key.Kind}: of no certificate");
    }

    private static string Signature(AuthConfig auth) => auth.Signatures.IsSameAs(SignatureConstraints.None) ? "signature" : $"signature ({auth.Signatures})";

    private static string KeyOf(X509Certificate2 certificate, GatewayConfig config) =>
        config.PrivateKeys.FirstOrDefault(k => k.IsKeyOf(certificate)) is { } key ? $"with its private key, {key.Kind}" : "without a private key";

    private static string Dates(X509Certificate2 certificate) => string.Create(
        CultureInfo.InvariantCulture, $"valid from {certificate.NotBefore.ToUniversalTime():yyyy-MM-dd HH:mm} to {certificate.NotAfter.ToUniversalTime():yyyy-MM-dd HH:mm} UTC");

    private static string Dates(RevocationList list) => string.Create(
        CultureInfo.InvariantCulture, $"of {list.ThisUpdate:yyyy-MM-dd HH:mm}, {(list.NextUpdate is { } next ? $"next {next:yyyy-MM-dd HH:mm} UTC" : "says not for how long, so it proves nobody good")}");

    private static string Subjects(IEnumerable<X509Certificate2> certificates) => string.Join(" or ", certificates.Select(c => $"'{Subject(c)}'"));

    private static string Subject(X509Certificate2 certificate) => CertificateIdentity.Subject(certificate).ToString();
}
