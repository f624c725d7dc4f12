using Concentrator.Ike.Session;
using Microsoft.Extensions.Logging;

namespace Concentrator.Actors.Node;

/// <summary>One logger per subsystem; its category is the tag that IPsec people know. Safe from any thread.</summary>
internal sealed class NodeLog(ILoggerFactory factory)
{
    public ILogger Net { get; } = factory.CreateLogger("NET");

    public ILogger Enc { get; } = factory.CreateLogger("ENC");

    public ILogger Ike { get; } = factory.CreateLogger("IKE");

    public ILogger Chd { get; } = factory.CreateLogger("CHD");

    public ILogger Knl { get; } = factory.CreateLogger("KNL");

    public ILogger Cfg { get; } = factory.CreateLogger("CFG");

    public ILogger Clu { get; } = factory.CreateLogger("CLU");

    public ILogger Of(LogTag tag) => tag switch
    {
        LogTag.Net => Net,
        LogTag.Enc => Enc,
        LogTag.Ike => Ike,
        LogTag.Chd => Chd,
        LogTag.Knl => Knl,
        LogTag.Cfg => Cfg,
        _ => Clu,
    };

    public static LogLevel LevelOf(Severity severity) => severity switch
    {
        Severity.Debug => LogLevel.Debug,
        Severity.Info => LogLevel.Information,
        Severity.Warning => LogLevel.Warning,
        _ => LogLevel.Error,
    };
}
