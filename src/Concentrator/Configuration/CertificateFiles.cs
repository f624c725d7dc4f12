using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Concentrator.Ike.Certificates;
using Concentrator.Ike.Crypto;

namespace Concentrator.Configuration;

/// <summary>
/// Certificates and private keys in the folders beside the configuration file, as swanctl has them: <c>x509</c>, <c>x509ca</c>, <c>private</c>, <c>rsa</c>,
/// <c>ecdsa</c>, <c>pkcs8</c>, <c>x509crl</c>. PEM and DER.
/// </summary>
internal sealed class CertificateFiles(string root) : ICertificateSource
{
    public const string EndEntities = "x509";
    public const string Authorities = "x509ca";
    private const string RevocationListFolder = "x509crl";
    private const long LargestFile = 1 << 20;

    /// <summary>A large authority's list has hundreds of thousands of entries.</summary>
    private const long LargestList = 64 << 20;

    private static readonly string[] KeyFolders = ["private", "rsa", "ecdsa", "pkcs8"];

    /// <summary>Folders that swanctl reads beside ours, and what it finds there.</summary>
    private static readonly (string Folder, string What)[] UnusedFolders =
    [
        ("x509ocsp", "certificates of OCSP responders: a responder has to send its own"),
        ("x509aa", "attribute authorities"),
        ("x509ac", "attribute certificates"),
        ("pubkey", "bare public keys"),
        ("pkcs12", "PKCS#12 containers"),
        ("bliss", "BLISS keys"),
    ];

    /// <summary>By an absolute path, or the name of a file in the folder for its kind.</summary>
    public IReadOnlyList<X509Certificate2> Find(string folder, string name) => Read(Path.IsPathRooted(name) ? name : Path.Combine(root, folder, name));

    /// <summary>The certificates in one file, the first of which is the one that is meant.</summary>
    /// <exception cref="FormatException">There are none; the message says why.</exception>
    public static IReadOnlyList<X509Certificate2> Read(string path) => Parse(ReadFile(path), path);

    /// <summary>The certificates in PEM, or the one in DER, at a place that the message of an exception names.</summary>
    /// <exception cref="FormatException">There are none.</exception>
    public static IReadOnlyList<X509Certificate2> Parse(byte[] octets, string place)
    {
        try
        {
            if (!octets.AsSpan().StartsWith("-----"u8) && octets.AsSpan().IndexOf("-----BEGIN CERTIFICATE"u8) < 0) return [X509CertificateLoader.LoadCertificate(octets)];
            X509Certificate2Collection found = [];
            found.ImportFromPem(Encoding.Latin1.GetString(octets));
            return found.Count > 0 ? [.. found] : throw new FormatException($"there is no certificate in {place}");
        }
        catch (CryptographicException)
        {
            throw new FormatException($"{place} is no certificate");
        }
    }

    /// <summary>All certificates of a folder; none where there is no such folder.</summary>
    public List<X509Certificate2> ReadFolder(string folder, List<ConfigurationError> errors)
    {
        List<X509Certificate2> found = [];
        foreach (string path in FilesIn(folder)) Try(path, errors, () => found.AddRange(Read(path)));
        return found;
    }

    /// <summary>All private keys, and the files they are in. <paramref name="passphrases"/>: by the name of the file.</summary>
    public List<SigningKey> ReadKeys(IReadOnlyDictionary<string, string> passphrases, List<ConfigurationError> errors)
    {
        List<SigningKey> keys = [];
        foreach (string path in KeyFiles())
        {
            string passphrase = passphrases.GetValueOrDefault(path) ?? passphrases.GetValueOrDefault(Path.GetFileName(path)) ?? "";
            Try(path, errors, () => keys.Add(ReadKey(path, passphrase)));
        }

        return keys;
    }

    public IEnumerable<string> KeyFiles() => KeyFolders.SelectMany(FilesIn);

    /// <summary>The revocation lists of the folder <c>x509crl</c>.</summary>
    public List<RevocationList> ReadLists(List<ConfigurationError> errors)
    {
        List<RevocationList> found = [];
        foreach (string path in FilesIn(RevocationListFolder)) Try(path, errors, () => found.Add(ReadList(path)));
        return found;
    }

    /// <summary>Nothing that lies there is used, and nobody should believe that it is.</summary>
    public IEnumerable<ConfigurationError> WarnOfUnused() =>
        from unused in UnusedFolders
        from path in FilesIn(unused.Folder)
        select new ConfigurationError(path, 0, "", $"is not used: the folder {unused.Folder} holds {unused.What}, which is not supported");

    private static RevocationList ReadList(string path)
    {
        byte[] octets = ReadFile(path, LargestList);
        try
        {
            return RevocationList.Parse(octets);
        }
        catch (FormatException e)
        {
            throw new FormatException($"{path}: {e.Message}", e);
        }
    }

    private static SigningKey ReadKey(string path, string passphrase)
    {
        byte[] octets = ReadFile(path);
        try
        {
            return SigningKeys.Parse(octets, passphrase);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(octets);
        }
    }

    private string[] FilesIn(string folder)
    {
        string path = Path.Combine(root, folder);
        try
        {
            return Directory.Exists(path) ? [.. Directory.GetFiles(path).Where(f => !Path.GetFileName(f).StartsWith('.')).Order(StringComparer.Ordinal)] : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static byte[] ReadFile(string path, long largest = LargestFile)
    {
        try
        {
            if (new FileInfo(path).Length > largest) throw new FormatException($"{path} is too large");
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FormatException($"{path} cannot be read: {e.Message}");
        }
    }

    private static void Try(string path, List<ConfigurationError> errors, Action read)
    {
        try
        {
            read();
        }
        catch (FormatException e)
        {
            errors.Add(new ConfigurationError(path, 0, "", e.Message));
        }
    }
}
