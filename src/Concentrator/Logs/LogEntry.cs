using Concentrator.Actors.Node;
using Microsoft.Extensions.Logging;

namespace Concentrator.Logs;

/// <summary>One entry of the log, complete: whoever logged it has gone on.</summary>
/// <param name="At">When it was logged.</param>
/// <param name="Tag">The subsystem, three letters.</param>
/// <param name="Severity">How bad it is.</param>
/// <param name="Event">Its number and name.</param>
/// <param name="Text">What people read; what a peer had a hand in is escaped already.</param>
/// <param name="Fields">The values in the text by name; empty where no sink wants them.</param>
/// <param name="Subject">Whom it is about.</param>
/// <param name="Exception">A bug of ours, or the system's refusal.</param>
internal sealed record LogEntry(
    DateTimeOffset At,
    string Tag,
    LogLevel Severity,
    EventId Event,
    string Text,
    IReadOnlyList<KeyValuePair<string, string>> Fields,
    LogSubject? Subject,
    Exception? Exception)
{
    public bool IsAudit => Tag == LogLevels.AuditTag;

    /// <summary>By the subject, or where the entry itself names one.</summary>
    public string? IkeSa => Subject?.IkeSa.ToString() ?? Field("IkeSa");

    public string? Child => Subject?.Child?.ToString() ?? Field("Child");

    public string? Peer => Subject?.Peer?.ToString() ?? Field("Peer");

    /// <summary>Fields that are not told as <see cref="IkeSa"/>, <see cref="Child"/> or <see cref="Peer"/>.</summary>
    public IEnumerable<KeyValuePair<string, string>> OtherFields => Fields.Where(pair => pair.Key is not ("IkeSa" or "Child" or "Peer"));

    private string? Field(string name) => Fields.FirstOrDefault(pair => pair.Key == name).Value;
}
