using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Session;

/// <summary>What the owner of a refused child wants done. The IKE SA carries it out.</summary>
/// <param name="Notify">As responder: the error for the protected response (RFC 7296 §2.21.3).</param>
/// <param name="DeleteSpi">As initiator, after the peer installed its side: the inbound SPI to delete in an INFORMATIONAL (§2.21).</param>
/// <param name="Retry">Whether, and when, a child that the configuration wants up is tried again.</param>
public sealed record RefusalVerdict(NotifyType? Notify, uint? DeleteSpi, RetryAdvice Retry);

/// <summary>When a refused child may be tried again.</summary>
public enum RetryAdvice
{
    /// <summary>After a back-off.</summary>
    BackOff,

    /// <summary>Not with these proposals, until the kernel has changed or an operator asks.</summary>
    WhenKernelRecovers,
}
