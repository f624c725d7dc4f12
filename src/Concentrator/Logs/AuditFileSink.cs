namespace Concentrator.Logs;

/// <summary>The audit in a file of its owner's, as JSON lines. A file that was moved away, by logrotate with <c>nocreate</c>, is made anew.</summary>
internal sealed class AuditFileSink : ILogSink
{
    private readonly string _path;
    private JsonSink _json;

    /// <exception cref="IOException">It cannot be opened; the message says why.</exception>
    public AuditFileSink(string path)
    {
        _path = Path.GetFullPath(path);
        _json = new JsonSink(OwnerOnlyFile.Append(_path));
    }

    public bool WantsFields => true;

    public void Write(LogEntry entry)
    {
        if (!File.Exists(_path))
        {
            JsonSink fresh = new(OwnerOnlyFile.Append(_path));
            _json.Dispose();
            _json = fresh;
        }

        _json.Write(entry);
    }

    public void Flush() => _json.Flush();

    public void Dispose() => _json.Dispose();
}
