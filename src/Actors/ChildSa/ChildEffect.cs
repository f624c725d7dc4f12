using Concentrator.Actors.Kernel;
using Concentrator.Ike.Session;

namespace Concentrator.Actors.ChildSa;

/// <summary>What a CHILD_SA wants done. The actor performs these in order.</summary>
internal abstract record ChildEffect;

/// <summary>Ask the KernelActor, and stash everything but its reply until that comes or time runs out.</summary>
internal sealed record AskKernel(KernelRequest Request) : ChildEffect;

internal sealed record TellIkeSa(ChildReport Report) : ChildEffect;

internal sealed record StateStep(ChildSaState From, ChildSaState To) : ChildEffect;

/// <summary>The kernel refused; this is what is made of it. <see cref="Why"/> is for people.</summary>
internal sealed record Refused(string Why, RefusalVerdict Verdict) : ChildEffect;

/// <summary>From now on the KernelActor of the other node is asked.</summary>
internal sealed record ChangeKernel : ChildEffect;

/// <summary>What the KernelActor that was asked before still has goes.</summary>
internal sealed record LeaveKernel : ChildEffect;

/// <summary>Nothing follows.</summary>
internal sealed record Finished : ChildEffect;
