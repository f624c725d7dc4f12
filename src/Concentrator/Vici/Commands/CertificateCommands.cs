using System.Security.Cryptography.X509Certificates;
using Concentrator.Actors.Node;
using Concentrator.Configuration;
using Concentrator.Ike.Certificates;
using Concentrator.Ike.Configuration;

namespace Concentrator.Vici.Commands;

/// <summary><c>load-cert</c>, <c>list-certs</c>, <c>flush-certs</c> and <c>clear-creds</c>.</summary>
internal sealed class CertificateCommands(ConcentratorNode node)
{
    private const string Certificate = "X509";
    private const string List = "X509_CRL";
    private static readonly string[] NotYet = ["X509_AC", "OCSP_RESPONSE", "PUBKEY"];

    public async Task<ViciWriter> LoadAsync(ViciRequest request)
    {
        string type = request.Arguments.Required("type", "certificate type missing").ToUpperInvariant();
        string flag = (request.Arguments.Text("flag") ?? "NONE").ToUpperInvariant();
        if (!request.Arguments.Values.TryGetValue("data", out byte[]? data)) throw new ViciException("certificate data missing");
        Func<GatewayConfig, GatewayConfig> change = (type, flag) switch
        {
            (Certificate, "NONE") => With(data, (config, certificate) => config.WithCertificate(certificate)),
            (Certificate, "CA") => With(data, (config, certificate) => config.WithTrusted(Authority(certificate))),
            (List, _) => WithList(data),
            (Certificate, _) => throw new ViciException($"certificates with flag {flag} are not used"),
            _ when NotYet.Contains(type) => throw new ViciException($"certificates of type {type} are not supported yet"),
            _ => throw new ViciException($"invalid certificate type '{type}'"),
        };
        await node.ReconfigureAsync(change, request.Gone).ConfigureAwait(false);
        return ViciCommands.Done();
    }

    /// <summary>All that are configured, each once, also those that connections and authorities brought along.</summary>
    public async Task<ViciWriter> ListAsync(ViciRequest request)
    {
        string type = (request.Arguments.Text("type") ?? "ANY").ToUpperInvariant();
        string flag = (request.Arguments.Text("flag") ?? "ANY").ToUpperInvariant();
        string? subject = request.Arguments.Text("subject");
        GatewayConfig config = node.Configuration;
        foreach (X509Certificate2 certificate in type is "ANY" or Certificate ? All(config) : [])
        {
            bool isAuthority = IsAuthority(certificate);
            if (flag != "ANY" && flag != (isAuthority ? "CA" : "NONE")) continue;
            if (subject is not null && !HasSubject(certificate, subject)) continue;
            await request.EmitAsync("list-cert", writer => writer
                .Put("type", Certificate)
                .Put("flag", isAuthority ? "CA" : "NONE")
                .PutIf(config.PrivateKeys.Any(k => k.IsKeyOf(certificate)), "has_privkey", "yes")
                .Put("data", certificate.RawDataMemory.Span)).ConfigureAwait(false);
        }

        foreach (RevocationList list in type is "ANY" or List && subject is null ? config.RevocationLists : [])
            await request.EmitAsync("list-cert", writer => writer.Put("type", List).Put("data", list.Encoded.Span)).ConfigureAwait(false);
        return ViciWriter.Response();
    }

    public Task<ViciWriter> FlushAsync(ViciRequest request)
    {
        string type = (request.Arguments.Text("type") ?? "ANY").ToUpperInvariant();
        // CRLs that were fetched, and which servers did not answer, are all that is kept.
        if (type is "ANY" or List or "OCSP_RESPONSE") node.ForgetFetchedLists();
        else if (type != Certificate && !NotYet.Contains(type)) throw new ViciException($"invalid certificate type '{type}'");
        return Task.FromResult(ViciCommands.Done());
    }

    public async Task<ViciWriter> ClearAsync(ViciRequest request)
    {
        await node.ReconfigureAsync(config => config.WithoutCredentials(), request.Gone).ConfigureAwait(false);
        node.ForgetFetchedLists();
        return ViciCommands.Done();
    }

    private static Func<GatewayConfig, GatewayConfig> With(byte[] data, Func<GatewayConfig, X509Certificate2, GatewayConfig> add)
    {
        try
        {
            IReadOnlyList<X509Certificate2> certificates = CertificateFiles.Parse(data, "what was sent");
            return config => certificates.Aggregate(config, add);
        }
        catch (FormatException fault)
        {
            throw new ViciException($"parsing X509 certificate failed: {fault.Message}");
        }
    }

    private static Func<GatewayConfig, GatewayConfig> WithList(byte[] data)
    {
        try
        {
            RevocationList list = RevocationList.Parse(data);
            return config => config.With(list);
        }
        catch (FormatException fault)
        {
            throw new ViciException($"parsing X509_CRL certificate failed: {fault.Message}");
        }
    }

    private static X509Certificate2 Authority(X509Certificate2 certificate) =>
        IsAuthority(certificate) ? certificate : throw new ViciException("ca certificate lacks CA basic constraint, rejected");

    private static bool IsAuthority(X509Certificate2 certificate) =>
        certificate.Extensions.OfType<X509BasicConstraintsExtension>().Any(constraints => constraints.CertificateAuthority);

    private static bool HasSubject(X509Certificate2 certificate, string subject)
    {
        try
        {
            IdentityPattern pattern = IdentityPattern.Parse(subject);
            return pattern.Matches(CertificateIdentity.Subject(certificate)) || (pattern.Exact is { } exact && CertificateIdentity.Confirms(certificate, exact));
        }
        catch (FormatException fault)
        {
            throw new ViciException($"invalid subject: {fault.Message}");
        }
    }

    private static IEnumerable<X509Certificate2> All(GatewayConfig config) => config.Certificates
        .Concat(config.TrustedAuthorities)
        .Concat(config.Connections.SelectMany(c => c.Local.Certificates.Concat(c.Remote.Certificates).Concat(c.Remote.Authorities)))
        .DistinctBy(c => c.Thumbprint);
}
