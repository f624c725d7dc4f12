using System.Security.Cryptography.X509Certificates;
using System.Text;
using Concentrator.Configuration;

namespace Concentrator.Vici;

/// <summary>
/// A section of a message as one of a configuration file, for the same readers: what is a mistake there is one here. Lists become values with commas, and
/// certificates, which come as octets, get names that stand for them. Its mistakes have no place, for a message has no lines.
/// </summary>
internal sealed class ViciSettings : ICertificateSource
{
    private const string Blob = "certificate ";

    private readonly List<byte[]> _blobs = [];

    private ViciSettings(string parent, string name, ViciSection section)
    {
        Section = new SettingsSection("", null, "", 0).Open(parent, "", 0).Open(name, "", 0);
        Fill(Section, section);
    }

    public SettingsSection Section { get; }

    /// <summary>What <paramref name="bind"/> makes of each section of the message.</summary>
    /// <param name="message">Sections, under the names that they have below <paramref name="parent"/>.</param>
    /// <param name="parent">Where they stand in a file: <c>connections</c>, <c>authorities</c>.</param>
    /// <param name="bind">Adds mistakes to the list.</param>
    /// <exception cref="ViciException">There is a mistake in one of them.</exception>
    public static List<T> BindAll<T>(ViciSection message, string parent, Func<ViciSettings, List<ConfigurationError>, T> bind)
    {
        List<ConfigurationError> mistakes = [];
        List<T> bound = [.. message.Sections.Select(s => bind(new ViciSettings(parent, s.Key, s.Value), mistakes))];
        return mistakes.Count == 0 ? bound : throw new ViciException(string.Join("; ", mistakes));
    }

    /// <summary>The file on this host, where a client names one: swanctl sends what its own files hold.</summary>
    public IReadOnlyList<X509Certificate2> Find(string folder, string name)
    {
        if (name.StartsWith(Blob, StringComparison.Ordinal) && int.TryParse(name.AsSpan(Blob.Length), out int number) && number < _blobs.Count)
            return CertificateFiles.Parse(_blobs[number], "what was sent");
        return Path.IsPathRooted(name) ? CertificateFiles.Read(name) : throw new FormatException($"'{name}': a file has to be named by its whole path here");
    }

    private void Fill(SettingsSection section, ViciSection from)
    {
        foreach ((string key, byte[] value) in from.Values) section.Values[key] = Value(IsCertificate(key) ? NameOf(value) : Encoding.UTF8.GetString(value));
        foreach ((string key, List<byte[]> items) in from.Lists)
            section.Values[key] = Value(string.Join(',', items.Select(item => IsCertificate(key) ? NameOf(item) : Encoding.UTF8.GetString(item))));
        foreach ((string name, ViciSection inner) in from.Sections) Fill(section.Open(name, "", 0), inner);
    }

    private static bool IsCertificate(string key) => key is "certs" or "cacerts" or "cacert";

    private string NameOf(byte[] certificate)
    {
        _blobs.Add(certificate);
        return $"{Blob}{_blobs.Count - 1}";
    }

    private static SettingsValue Value(string text) => new(text, "", 0);
}
