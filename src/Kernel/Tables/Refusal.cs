
namespace Concentrator.Kernel;

/// <summary>What kind of refusal it was: decides the notify and whether to try again.</summary>
public enum RefusalCause
{
    /// <summary>An algorithm, protocol or key size that this kernel does not take, or a right that we lack.</summary>
    Permanent,

    /// <summary>A policy was refused.</summary>
    Policy,

    /// <summary>Memory, buffers, a busy kernel, or no answer in time.</summary>
    Transient,

    /// <summary>A limit of our own.</summary>
    Limit,
}

/// <summary>
/// The kernel said no to a step, and everything done before it is undone. <see cref="ExtAck"/> is the kernel's own text, empty without;
/// <see cref="Hint"/> tells a person what to do; <see cref="Algorithms"/> are those of the refused SA, empty for policies.
/// </summary>
public sealed record Refusal(XfrmStep Step, int Error, string ExtAck, string Hint, RefusalCause Cause, string Algorithms)
{
    public string ErrnoName => Errno.NameOf(Error);

    /// <summary><c>inbound SA refused: Protocol not supported (EPROTONOSUPPORT 93, "Requested type not found"): no ESP in this kernel …</c></summary>
    public override string ToString()
    {
        string kernel = ExtAck.Length == 0 ? "" : $", \"{ExtAck}\"";
        return $"{Step.Text()} refused: {Errno.TextOf(Error)} ({ErrnoName} {Error}{kernel}): {Hint}";
    }

    internal static Refusal Of(XfrmRequest request, XfrmReply reply)
    {
        string algorithms = request switch { AddSa add => add.Sa.Algorithms.ToString(), UpdateSa update => update.Sa.Algorithms.ToString(), _ => "" };
        XfrmStep step = request.Step();
        return new Refusal(step, reply.Error, reply.ExtAck, RefusalHints.For(step, reply.Error, algorithms), CauseOf(step, reply.Error), algorithms);
    }

    /// <summary>The kernel's errno as a cause (net/xfrm/xfrm_user.c, net/xfrm/xfrm_state.c).</summary>
    public static RefusalCause CauseOf(XfrmStep step, int errno)
    {
        if (errno is Errno.ENOMEM or Errno.ENOBUFS or Errno.EAGAIN or Errno.EBUSY or Errno.EINTR or Errno.ETIMEDOUT) return RefusalCause.Transient;
        if (errno is Errno.EPERM or Errno.EACCES) return RefusalCause.Permanent;
        return step switch
        {
            XfrmStep.OutboundPolicy or XfrmStep.InboundPolicy or XfrmStep.ForwardPolicy => RefusalCause.Policy,
            // The range is used up, or another daemon was faster: the next try draws another SPI.
            XfrmStep.Spi => RefusalCause.Transient,
            _ => errno is Errno.EEXIST or Errno.ESRCH ? RefusalCause.Transient : RefusalCause.Permanent,
        };
    }
}
