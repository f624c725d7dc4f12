namespace Concentrator.Logs;

/// <summary>Where entries go. Used by one thread, which may wait for it: nobody else does. Owned by its <see cref="LogPump"/>.</summary>
internal interface ILogSink : IDisposable
{
    /// <summary>Values by name are wanted beside the text.</summary>
    bool WantsFields { get; }

    /// <exception cref="IOException">It cannot be written.</exception>
    void Write(LogEntry entry);

    /// <summary>Nothing more is to be written for now.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    void Flush();
}
