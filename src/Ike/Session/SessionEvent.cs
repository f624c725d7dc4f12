using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Session;

/// <summary>What an observer of an IKE SA sees: the source of logs, of metrics, and of the ladder.</summary>
public abstract record SessionEvent;

/// <summary><see cref="Summary"/> reads like <c>IKE_AUTH response 1 [ IDr AUTH N(NO_PROP) ]</c>; <see cref="Octets"/> is the IKE message's length.</summary>
public sealed record MessageSent(string Summary, int Octets, IkePath Path, bool Repeated) : SessionEvent;

public sealed record MessageReceived(string Summary, int Octets, IkePath Path, bool Repeated) : SessionEvent;

public sealed record DatagramDropped(DropReason Reason, string Detail) : SessionEvent;

public sealed record StateChanged(IkeSaState From, IkeSaState To) : SessionEvent
{
    /// <summary>Why it ends, once that is settled.</summary>
    public EndReason? Reason { get; init; }

    /// <summary>Where a peer was not authenticated: who it says it is.</summary>
    public string? ClaimedIdentity { get; init; }
}

/// <summary>The IKE SA has new SPIs, keys and message ids; its children stay.</summary>
public sealed record IkeSaRekeyed(ulong OldLocalSpi, ulong LocalSpi, ulong RemoteSpi, bool ByPeer) : SessionEvent;

/// <summary>A child has taken the place of another.</summary>
public sealed record ChildRekeyed(string Name, uint OldInboundSpi, uint InboundSpi, bool ByPeer) : SessionEvent;

/// <summary>A line for people. <see cref="Tag"/> is the subsystem.</summary>
public sealed record Remark(LogTag Tag, Severity Severity, string Text) : SessionEvent;

/// <summary>The peer, or we, refused a child: the name of its configuration, the notify, and who said it.</summary>
public sealed record ChildFailed(string Name, NotifyType? Notify, bool ByPeer) : SessionEvent;

/// <summary>Log subsystems, as IPsec people know them.</summary>
public enum LogTag
{
    Net,
    Enc,
    Ike,
    Chd,
    Knl,
    Cfg,
    Clu,
}

public enum Severity
{
    Debug,
    Info,
    Warning,
    Error,
}
