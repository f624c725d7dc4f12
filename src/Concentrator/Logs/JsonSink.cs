using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Concentrator.Logs;

/// <summary>
/// One JSON object a line: <c>time</c> (RFC 3339), <c>level</c> (strongSwan's scale), <c>severity</c>, <c>subsystem</c>, <c>event</c>, <c>message</c>; where known <c>ike_sa</c>,
/// <c>child_sa</c>, <c>peer</c>; and in <c>fields</c> the values that stand in the message.
/// </summary>
internal sealed class JsonSink(Stream output) : ILogSink
{
    private readonly Utf8JsonWriter _json = new(output, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    public bool WantsFields => true;

    public void Write(LogEntry entry)
    {
        _json.Reset();
        _json.WriteStartObject();
        _json.WriteString("time", entry.At);
        _json.WriteNumber("level", entry.IsAudit ? 0 : LogScale.LevelOf(entry.Severity));
        _json.WriteString("severity", entry.Severity.ToString().ToLowerInvariant());
        _json.WriteString("subsystem", entry.Tag);
        _json.WriteString("event", entry.Event.Name is { } name ? FieldName.Snake(name) : entry.Event.Id.ToString(CultureInfo.InvariantCulture));
        _json.WriteString("message", entry.Text);
        WriteIf("ike_sa", entry.IkeSa);
        WriteIf("child_sa", entry.Child);
        WriteIf("peer", entry.Peer);
        WriteIf("exception", entry.Exception?.ToString());
        _json.WriteStartObject("fields");
        foreach ((string field, string value) in entry.OtherFields) _json.WriteString(FieldName.Snake(field), value);
        _json.WriteEndObject();
        _json.WriteEndObject();
        _json.Flush();
        output.WriteByte((byte)'\n');
    }

    public void Flush() => output.Flush();

    public void Dispose()
    {
        _json.Dispose();
        output.Dispose();
    }

    private void WriteIf(string name, string? value)
    {
        if (value is not null) _json.WriteString(name, value);
    }
}
