using System.CommandLine;
using Concentrator.Configuration;
using Concentrator.Ike.Configuration;

namespace Concentrator.Commands;

/// <summary>The option that names the configuration file, and reading it with one line on the error stream per fault.</summary>
internal static class ConfigOption
{
    public static Option<FileInfo> Create() => new("--config", "-c")
    {
        Description = "The configuration file, in swanctl.conf syntax.",
        Required = true,
        HelpName = "FILE",
    };

    /// <summary>Null when the file cannot be used; why is on <paramref name="errors"/>.</summary>
    public static GatewayConfig? Load(FileInfo file, TextWriter errors)
    {
        ConfigurationResult result = ConfigurationFile.Load(file.FullName);
        foreach (ConfigurationError warning in result.Warnings) errors.WriteLine($"warning: {warning}");
        foreach (ConfigurationError error in result.Errors) errors.WriteLine($"error: {error}");
        return result.Errors.Count > 0 ? null : result.Config;
    }
}
