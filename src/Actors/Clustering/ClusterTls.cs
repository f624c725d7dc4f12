using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Concentrator.Actors.Node;
using Microsoft.Extensions.Logging;

namespace Concentrator.Actors.Clustering;

/// <summary>
/// Mutual TLS between nodes: who has a certificate of the cluster's own authority is let in, and nobody else; the authorities of the host count for nothing.
/// Owns what it loaded. Safe from any thread.
/// </summary>
internal sealed class ClusterTls : IDisposable
{
    private static readonly Oid ServerUsage = new("1.3.6.1.5.5.7.3.1");
    private static readonly Oid ClientUsage = new("1.3.6.1.5.5.7.3.2");

    private readonly X509Certificate2Collection _authorities;
    private readonly X509Certificate2Collection _intermediates;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly RepetitionBrake _refusals;

    private ClusterTls(X509Certificate2 certificate, X509Certificate2Collection intermediates, X509Certificate2Collection authorities, TimeProvider time, ILogger log) =>
        (Certificate, _intermediates, _authorities, _time, _log, _refusals) = (certificate, intermediates, authorities, time, log, new RepetitionBrake(time));

    /// <summary>With its private key.</summary>
    public X509Certificate2 Certificate { get; }

    /// <exception cref="NodeStartException">A file cannot be used, or this node would refuse its own certificate; the message says why.</exception>
    public static ClusterTls Load(ClusterNodeOptions options, TimeProvider time, ILogger log)
    {
        ClusterTlsFiles files = options.Tls ?? throw new ArgumentException("no files", nameof(options));
        RefuseReadableKey(files.Key);
        X509Certificate2Collection authorities = Read(files.Authority), chain = Read(files.Certificate);
        ClusterTls tls = new(LoadPair(files), [.. chain.Skip(1)], authorities, time, log);
        try
        {
            if (tls.FaultOf(tls.Certificate) is { } fault) throw new NodeStartException($"{files.Certificate}: {fault}");
            if (!NamesOf(tls.Certificate).Contains(options.Name, StringComparer.OrdinalIgnoreCase))
                throw new NodeStartException($"{files.Certificate} is issued to {string.Join(", ", NamesOf(tls.Certificate))}, and this node's name is {options.Name}: give --node-name, or issue one");
            return tls;
        }
        catch
        {
            tls.Dispose();
            throw;
        }
    }

    /// <summary>For Akka.Remote, on both sides of every connection.</summary>
    public bool Validate(X509Certificate2? certificate, string peer)
    {
        string? fault = certificate is null ? "it shows no certificate" : FaultOf(certificate);
        if (fault is null) return true;
        string names = certificate is null ? "nobody" : Printable.Text(string.Join(", ", NamesOf(certificate)));
        // It tries again and again, each time from another port.
        int port = peer.LastIndexOf(':');
        if (_refusals.Passes($"{(port < 0 ? peer : peer[..port])} {names} {fault}", out int held)) _log.NodeRefused(Printable.Text(peer), names, Printable.Text(fault), held == 0 ? "" : $" ({held} times more since this was told)");
        return false;
    }

    public void Dispose()
    {
        Certificate.Dispose();
        foreach (X509Certificate2 one in _authorities.Concat(_intermediates)) one.Dispose();
    }

    /// <summary>Null, or why a certificate lets nobody in.</summary>
    internal string? FaultOf(X509Certificate2 certificate)
    {
        DateTimeOffset now = _time.GetUtcNow();
        if (now < certificate.NotBefore) return $"its certificate is not valid before {certificate.NotBefore.ToUniversalTime():u}";
        if (now > certificate.NotAfter) return $"its certificate has expired, {certificate.NotAfter.ToUniversalTime():u}";
        using X509Chain chain = new();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(_authorities);
        chain.ChainPolicy.ExtraStore.AddRange(_intermediates);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTime = now.UtcDateTime;
        chain.ChainPolicy.ApplicationPolicy.Add(ServerUsage);
        chain.ChainPolicy.ApplicationPolicy.Add(ClientUsage);
        try
        {
            if (chain.Build(certificate)) return null;
            string[] faults = [.. chain.ChainStatus.Select(status => status.StatusInformation.Trim()).Distinct()];
            bool isForeign = chain.ChainStatus.Any(status => (status.Status & (X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain)) != 0);
            return isForeign ? "its certificate is of another authority than the cluster's" : $"its certificate is not good: {string.Join("; ", faults)}";
        }
        finally
        {
            foreach (X509ChainElement element in chain.ChainElements) element.Certificate.Dispose();
        }
    }

    private static IReadOnlyList<string> NamesOf(X509Certificate2 certificate)
    {
        string common = certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false);
        X509SubjectAlternativeNameExtension? others = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().FirstOrDefault();
        return [.. new[] { common }.Concat(others?.EnumerateDnsNames() ?? []).Distinct(StringComparer.OrdinalIgnoreCase)];
    }

    private static void RefuseReadableKey(string path)
    {
        const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
        try
        {
            if ((File.GetUnixFileMode(path) & Others) != 0) throw new NodeStartException($"{path} is a private key that others may read: chmod 600");
        }
        catch (IOException fault)
        {
            throw new NodeStartException($"the node's key: {fault.Message}", fault);
        }
    }

    private static X509Certificate2Collection Read(string path)
    {
        X509Certificate2Collection certificates = [];
        try
        {
            certificates.ImportFromPemFile(path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new NodeStartException($"{path}: {fault.Message}", fault);
        }

        return certificates.Count > 0 ? certificates : throw new NodeStartException($"{path} holds no certificate in PEM");
    }

    private static X509Certificate2 LoadPair(ClusterTlsFiles files)
    {
        try
        {
            return X509Certificate2.CreateFromPemFile(files.Certificate, files.Key);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new NodeStartException($"{files.Certificate} and {files.Key}: {fault.Message}", fault);
        }
    }
}
