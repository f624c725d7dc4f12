using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Session;

public sealed partial class IkeSession : IDisposable
{
    public IkeSession(SessionContext context, ulong localSpi)
    {
        Context = context;
        LocalSpi = localSpi;
    }

    public SessionContext Context { get; }
    public ulong LocalSpi { get; }
    public ulong RemoteSpi { get; private set; }
    public bool IsInitiator { get; private set; }
    public IkeSaState State { get; private set; }
    public string Name { get; private set; } = "(unnamed)";
    public Identity? LocalIdentity { get; private set; }
    public Identity? RemoteIdentity { get; private set; }
    public IkePath? Path { get; private set; }

    /// <summary>The list is valid until the next call.</summary>
    public IReadOnlyList<SessionEffect> Handle(SessionInput input, TimeSpan now) => State == IkeSaState.Created ? [] : [];

    public void Dispose() { }
}
