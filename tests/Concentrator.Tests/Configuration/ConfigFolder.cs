using Concentrator.Configuration;

namespace Concentrator.Tests.Configuration;

/// <summary>A temporary folder with configuration files; the main one is swanctl.conf.</summary>
internal sealed class ConfigFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("concentrator-config");

    public const string Secret = "\nsecrets { ike-a { secret = \"key\" } }\n";

    public string Main => PathOf("swanctl.conf");

    public string PathOf(string name) => Path.Combine(_folder.FullName, name);

    public ConfigFolder Write(string text, string name = "swanctl.conf")
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(name))!);
        File.WriteAllText(PathOf(name), text);
        File.SetUnixFileMode(PathOf(name), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return this;
    }

    public ConfigurationResult Load() => ConfigurationFile.Load(Main);

    /// <summary>The errors of a text, without the folder's name.</summary>
    public static string[] Errors(string text)
    {
        using ConfigFolder folder = new ConfigFolder().Write(text);
        return [.. folder.Load().Errors.Select(e => e.ToString().Replace(folder._folder.FullName + "/", "", StringComparison.Ordinal))];
    }

    /// <summary>A connection with these lines in it and a child with those.</summary>
    public static string Connection(string lines = "", string child = "local_ts = 10.1.0.0/24", string local = "auth = psk", string remote = "auth = psk") =>
        $"connections {{\n c {{\n{lines}\n local {{ {local}\n }}\n remote {{ {remote}\n }}\n children {{\n n {{\n{child}\n }}\n }}\n }}\n}}\n{Secret}";

    public void Dispose() => _folder.Delete(recursive: true);
}
