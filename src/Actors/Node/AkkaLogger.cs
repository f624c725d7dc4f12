using System.Net.Sockets;
using System.Security.Authentication;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Dispatch;
using Akka.Event;
using Microsoft.Extensions.Logging;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace Concentrator.Actors.Node;

/// <summary>Where what Akka has to say goes.</summary>
internal sealed class AkkaLogSetup(ILogger log, TimeProvider time) : Setup
{
    public ILogger Log => log;

    public RepetitionBrake Brake { get; } = new(time);
}

/// <summary>
/// What Akka has to say, a line each and without stacks, and a warning once a minute: of shards that are looked for it warns ten times a second. That a connection
/// between nodes came to nothing is a detail: who does not answer, and who was refused, we say ourselves, and Akka says it at each try, several times over. Where TLS
/// was what failed it may be that the others refuse this node, which only Akka hears: once a minute.
/// </summary>
internal sealed class AkkaLogger : UntypedActor, IRequiresMessageQueue<ILoggerMessageQueueSemantics>
{
    /// <summary>.NET's words for what <see cref="Clustering.ClusterTls.Validate"/> refused, and told.</summary>
    private const string OurOwn = "RemoteCertificateValidationCallback";

    /// <summary>Akka.Remote's name where it has no class to name.</summary>
    private const string Remoting = "remoting";

    private readonly AkkaLogSetup _setup = Context.System.Settings.Setup.Get<AkkaLogSetup>().Value;

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case InitializeLogger:
                Sender.Tell(new LoggerInitialized());
                break;
            case LogEvent said:
                Say(said);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Say(LogEvent said)
    {
        string text = FirstLine(said.Message?.ToString() ?? "");
        LogLevel level = LevelOf(said);
        if (IsOfConnection(said))
        {
            AuthenticationException? handshake = said.Cause?.GetBaseException() as AuthenticationException;
            bool isOfTls = (handshake is not null || text.Contains("TLS", StringComparison.Ordinal)) && !$"{text}{handshake?.Message}".Contains(OurOwn, StringComparison.Ordinal);
            level = isOfTls && level >= LogLevel.Warning && _setup.Brake.Passes(handshake?.Message ?? BeforeNumbers(text), out _) ? LogLevel.Warning : LogLevel.Debug;
        }
        else if (level == LogLevel.Warning && !_setup.Brake.Passes(LettersOf(text), out _))
        {
            level = LogLevel.Debug;
        }

        if (!_setup.Log.IsEnabled(level)) return;
        foreach (Exception cause in Causes(said))
        {
            if (!text.Contains(cause.Message, StringComparison.Ordinal)) text = $"{text}: {FirstLine(cause.Message)}";
        }

        _setup.Log.AkkaSays(level, said.LogClass.Name is "DummyClassForStringSources" ? said.LogSource : said.LogClass.Name, Printable.Text(text));
    }

    private static bool IsOfConnection(LogEvent said) =>
        (IsOf(said.LogClass, "Akka.Remote") || said.LogSource.StartsWith(Remoting, StringComparison.Ordinal))
        && (said.Cause?.GetBaseException() is null or AuthenticationException or IOException or SocketException
            || IsOf(said.Cause.GetBaseException().GetType(), "Akka.Remote")
            || IsOf(said.Cause.GetBaseException().GetType(), "DotNetty"));

    private static bool IsOf(Type type, string space) => type.Namespace?.StartsWith(space, StringComparison.Ordinal) == true;

    private static IEnumerable<Exception> Causes(LogEvent said)
    {
        for (Exception? cause = said.Cause; cause is not null; cause = cause.InnerException) yield return cause;
    }

    private static LogLevel LevelOf(LogEvent said) => said.LogLevel() switch
    {
        Akka.Event.LogLevel.ErrorLevel => LogLevel.Error,
        Akka.Event.LogLevel.WarningLevel => LogLevel.Warning,
        Akka.Event.LogLevel.InfoLevel => LogLevel.Information,
        _ => LogLevel.Debug,
    };

    /// <summary>What is the same each time: addresses, ports and names of channels are not.</summary>
    private static string BeforeNumbers(string text) => text.AsSpan().IndexOfAnyInRange('0', '9') is >= 0 and var end ? text[..end] : text;

    /// <summary>The same for lists that grow and shrink.</summary>
    private static string LettersOf(string text) => string.Concat(text.Where(char.IsAsciiLetter).Take(200));

    /// <summary>Some of its messages have a stack in them.</summary>
    private static string FirstLine(string text) => text.AsSpan().IndexOfAny('\r', '\n') is >= 0 and var end ? text[..end] : text;
}
