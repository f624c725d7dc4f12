using System.Net;
using Concentrator.Actors.ChildSa;
using Concentrator.Actors.Routing;
using Concentrator.Ike.Session;
using Concentrator.Kernel;

namespace Concentrator.Actors.Node;

/// <summary>What an observer of a node sees. <see cref="At"/> is when it happened.</summary>
public abstract record NodeEvent(DateTimeOffset At)
{
    /// <summary>Whom it is about; null: the node.</summary>
    public virtual IkeSaName? Subject => null;
}

/// <summary>An IKE SA sent, received, changed its state, remarked something.</summary>
public sealed record IkeSaHappened(DateTimeOffset At, IkeSaName IkeSa, SessionEvent Event) : NodeEvent(At)
{
    public override IkeSaName? Subject => IkeSa;
}

/// <summary>An established IKE SA has other endpoints than before: one side has moved, or a NAT has.</summary>
public sealed record IkeSaMoved(DateTimeOffset At, IkeSaName IkeSa, IPEndPoint FormerLocal, IPEndPoint FormerRemote) : NodeEvent(At)
{
    public override IkeSaName? Subject => IkeSa;
}

/// <summary>An IKE SA is over.</summary>
public sealed record IkeSaEnded(DateTimeOffset At, IkeSaName IkeSa, EndReason Reason, bool WasEstablished) : NodeEvent(At)
{
    public override IkeSaName? Subject => IkeSa;
}

public sealed record ChildSaStateChanged(
    DateTimeOffset At, IkeSaName IkeSa, ChildSaName Child, ChildSaState From, ChildSaState To, uint InboundSpi, uint OutboundSpi) : NodeEvent(At)
{
    public override IkeSaName? Subject => IkeSa;
}

/// <summary>The kernel did what a CHILD_SA asked. <see cref="Call"/> reads like <c>install c01e421a</c>.</summary>
public sealed record KernelCalled(DateTimeOffset At, string Call, TimeSpan Took) : NodeEvent(At)
{
    /// <summary>How long it lay in the KernelActor's mailbox.</summary>
    public TimeSpan Waited { get; init; }

    /// <summary>Who asked.</summary>
    public KernelUser? User { get; init; }
}

/// <summary>
/// What a CHILD_SA, or its end, made the kernel do, one system call's worth, with each answer. It comes before what was asked for is known to have come
/// about: before <see cref="KernelCalled"/> or <see cref="KernelRefused"/>.
/// </summary>
public sealed record KernelSpoken(DateTimeOffset At, KernelUser User, IReadOnlyList<KernelCall> Calls) : NodeEvent(At);

/// <summary>The kernel refused: where, with what error, and what that means for people.</summary>
public sealed record KernelRefused(DateTimeOffset At, string Step, int Errno, string ErrnoName, string? ExtAck, string? Hint) : NodeEvent(At)
{
    /// <summary>Whose step it was; null: a trap's.</summary>
    public KernelUser? User { get; init; }
}

/// <summary>Another configuration is in force. <see cref="Loaded"/>: connections that are new or have changed.</summary>
public sealed record Reconfigured(DateTimeOffset At, IReadOnlyList<string> Unloaded, IReadOnlyList<string> Loaded, bool HasOtherSecrets) : NodeEvent(At);

/// <summary>The session store committed a transaction. <see cref="Rows"/>: IKE SAs in it.</summary>
public sealed record StoreCommitted(DateTimeOffset At, int Rows, TimeSpan Took) : NodeEvent(At);

/// <summary>A datagram never reached an IKE SA.</summary>
public sealed record DatagramDiscarded(DateTimeOffset At, DropReason Reason, IPEndPoint Remote) : NodeEvent(At);

/// <summary>On whose behalf the kernel is asked.</summary>
public sealed record KernelUser(IkeSaName IkeSa, ChildSaName Child, IPEndPoint? Peer = null)
{
    internal LogSubject Subject { get; } = new(IkeSa, Child, Peer);
}

/// <summary>How logs name an IKE SA: <c>sun[2]</c>. <see cref="Number"/> is unique on the node while it runs.</summary>
public readonly record struct IkeSaName(SessionId Session, string Name, int Number)
{
    public override string ToString() => $"{Name}[{Number}]";
}

/// <summary>How logs name a CHILD_SA: <c>child-sun{2}</c>. <see cref="Number"/> is unique on the node while it runs.</summary>
public readonly record struct ChildSaName(string Name, int Number)
{
    public override string ToString() => $"{Name}{{{Number}}}";
}
