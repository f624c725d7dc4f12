using Concentrator.Ike.Registries;
using Concentrator.Ike.Session;
using Concentrator.Kernel;

namespace Concentrator.Actors.ChildSa;

/// <summary>
/// What a kernel's refusal means on the wire, and for trying again. The heart of the matter: here an errno becomes what RFC 7296 §2.21 wants.
/// </summary>
public static class RefusalPolicy
{
    /// <param name="cause">What kind of refusal it was.</param>
    /// <param name="plan">Our role and the exchange.</param>
    /// <param name="announcedSpi">Our inbound SPI, if the peer has been told it and may have installed its side; else null.</param>
    /// <param name="anotherProposalRemains">The configuration has a proposal that this kernel is not known to refuse.</param>
    internal static RefusalVerdict Decide(RefusalCause cause, ChildPlan plan, uint? announcedSpi, bool anotherProposalRemains)
    {
        RetryAdvice retry = cause == RefusalCause.Permanent && !anotherProposalRemains ? RetryAdvice.WhenKernelRecovers : RetryAdvice.BackOff;

        // RFC 7296 §2.21: an error found in a response starts no exchange, but for one: the peer has an SA that must go, so it gets a Delete.
        // Where nothing was sent yet (the SPI could not be had) nobody need be told.
        return plan.IsInitiator
            ? new RefusalVerdict(null, announcedSpi, retry)
            : new RefusalVerdict(NotifyFor(cause, plan.Exchange, plan.RekeyOf is not null), null, retry);
    }

    /// <summary>What a responder's answer carries instead of SA and selectors (RFC 7296 §2.21.2 and §2.21.3): the IKE SA stays.</summary>
    public static NotifyType NotifyFor(RefusalCause cause, ExchangeType exchange, bool isRekey) => cause switch
    {
        RefusalCause.Policy => NotifyType.TsUnacceptable,
        RefusalCause.Transient => NotifyForTransient(exchange),
        // A rekey refused with NO_ADDITIONAL_SAS makes strongSwan authenticate anew: let it try again instead.
        RefusalCause.Limit => isRekey ? NotifyType.TemporaryFailure : NotifyType.NoAdditionalSas,
        _ => NotifyType.NoProposalChosen,
    };

    // strongSwan initiators give up the whole IKE SA for TEMPORARY_FAILURE in IKE_AUTH; in CREATE_CHILD_SA they try again.
    private static NotifyType NotifyForTransient(ExchangeType exchange) =>
        exchange == ExchangeType.IkeAuth ? NotifyType.NoProposalChosen : NotifyType.TemporaryFailure;
}
