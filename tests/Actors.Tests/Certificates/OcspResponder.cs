using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography.X509Certificates;

namespace Concentrator.Actors.Tests.Certificates;

/// <summary>Answers OCSP requests (RFC 6960) with the openssl program, in the name of an authority.</summary>
internal sealed class OcspResponder : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ocsp");

    /// <param name="authority">Whose certificates are asked about.</param>
    /// <param name="signer">Who signs the answers; the authority itself, unless the test wants a forgery.</param>
    public OcspResponder(TestAuthority authority, TestAuthority? signer = null)
    {
        signer ??= authority;
        File.WriteAllText(PathOf("ca.pem"), authority.Certificate.ExportCertificatePem());
        File.WriteAllText(PathOf("signer.pem"), signer.Certificate.ExportCertificatePem());
        File.WriteAllText(PathOf("signer.key"), signer.Key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(PathOf("index.txt"), "");
    }

    public void Add(X509Certificate2 certificate, bool revoked)
    {
        string end = certificate.NotAfter.ToUniversalTime().ToString("yyMMddHHmmss'Z'", CultureInfo.InvariantCulture);
        string line = $"{(revoked ? 'R' : 'V')}\t{end}\t{(revoked ? "260102000000Z" : "")}\t{certificate.SerialNumber}\tunknown\t/{certificate.Subject}\n";
        File.AppendAllText(PathOf("index.txt"), line);
    }

    public byte[] Answer(byte[] request)
    {
        File.WriteAllBytes(PathOf("request"), request);
        string[] arguments =
        [
            "ocsp", "-index", PathOf("index.txt"), "-CA", PathOf("ca.pem"), "-rsigner", PathOf("signer.pem"), "-rkey", PathOf("signer.key"),
            "-reqin", PathOf("request"), "-respout", PathOf("response"), "-nmin", "60",
        ];
        using Process process = Process.Start(new ProcessStartInfo("openssl", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        string complaint = process.StandardError.ReadToEnd();
        if (!process.WaitForExit(Patience) || process.ExitCode != 0) throw new InvalidOperationException(complaint);
        return File.ReadAllBytes(PathOf("response"));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private string PathOf(string name) => Path.Combine(_folder.FullName, name);
}
