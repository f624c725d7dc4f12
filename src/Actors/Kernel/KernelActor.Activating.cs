using Akka.Actor;
using Concentrator.Kernel;

namespace Concentrator.Actors.Kernel;

/// <summary>Traffic changes over to a child that replaces another.</summary>
internal sealed partial class KernelActor
{
    private const int ActivationTries = 3;
    private static readonly TimeSpan FirstActivationRetry = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// The peer has closed the child that this one replaces, or is about to: giving up costs the tunnel. So a passing trouble is waited out for a second, in which
    /// traffic stays where it was; null: the answer comes then.
    /// </summary>
    private KernelReply? Activate(KernelOwner owner, int tries)
    {
        if (_tables.Activate(owner.Name) is not { } refusal) return new SasActivated();
        if (refusal.Cause == RefusalCause.Transient && tries < ActivationTries)
        {
            Timers.StartSingleTimer(owner, new ActivateAgain(owner, tries + 1), FirstActivationRetry * Math.Pow(2, tries));
            return null;
        }

        KernelRefusal refused = Refuse(refusal);
        GiveBack(owner);
        return refused;
    }

    private KernelReply? ActivateOnceMore(ActivateAgain again)
    {
        _served = again.Owner;
        KernelReply? outcome = Activate(again.Owner, again.Tries);
        _served = null;
        return outcome;
    }

    private sealed record ActivateAgain(KernelOwner Owner, int Tries) : INoSerializationVerificationNeeded;
}
