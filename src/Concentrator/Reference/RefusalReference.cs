using Concentrator.Actors.ChildSa;
using Concentrator.Ike.Registries;
using Concentrator.Kernel;

namespace Concentrator.Reference;

/// <summary>The page of what the kernel may say, and what follows: from the code that decides it.</summary>
internal static class RefusalReference
{
    private const string Head = """
        # What the kernel says

        What each errno means when the kernel refuses a part of a CHILD_SA, what Concentrator does then, and what to look at. It is printed by `concentrator reference refusals`, from the code that
        decides it; [kernel-refusals.md](kernel-refusals.md) says where you meet these.

        Whatever the errno: all that was done for the child before is undone, and the IKE_SA stays up. As **initiator** Concentrator closes the peer's half with a Delete in an INFORMATIONAL of its own; if
        nothing had been announced yet, with nothing. As **responder** it answers with a Notify in the protected response.

        | tried again | |
        |---|---|
        | when a probe succeeds | every 5 minutes the kernel is asked for its algorithms; before that with other proposals of the configuration, if there are any. `concentrator initiate` tries at once |
        | back-off | after about 1 s, then twice as long each time, at most 5 minutes, varied by a fifth |

        """;

    private static readonly (XfrmStep Step, int Errno, string Meaning)[] Cases =
    [
        (XfrmStep.InboundSa, Errno.EPROTONOSUPPORT, "there is no code for ESP of this address family (\"Requested type not found\")"),
        (XfrmStep.InboundSa, Errno.ENOSYS, "it does not know the algorithm (\"Requested AEAD algorithm not found\", \"Requested CRYPT algorithm not found\")"),
        (XfrmStep.InboundSa, Errno.ENOENT, "it knows the algorithm's name, and nothing that implements it"),
        (XfrmStep.InboundSa, Errno.EINVAL, "a key size, a mode or an attribute is not what it takes"),
        (XfrmStep.InboundSa, Errno.EPERM, "who asks lacks CAP_NET_ADMIN in its network namespace"),
        (XfrmStep.InboundSa, Errno.EACCES, "a security module forbids it"),
        (XfrmStep.InboundSa, Errno.EEXIST, "an SA with this SPI, address and protocol is there"),
        (XfrmStep.InboundSa, Errno.ESRCH, "the SA that was to become this one is gone"),
        (XfrmStep.Spi, Errno.ENOENT, "no SPI is free in the range"),
        (XfrmStep.OutboundPolicy, Errno.EINVAL, "a selector, a prefix or a template of the policy is not what it takes"),
        (XfrmStep.OutboundPolicy, Errno.EEXIST, "a policy with this selector and direction is there"),
        (XfrmStep.InboundSa, Errno.ENOMEM, "it has no memory"),
        (XfrmStep.InboundSa, Errno.ENOBUFS, "it has no room in a buffer"),
        (XfrmStep.InboundSa, Errno.EBUSY, "something else has the object"),
        (XfrmStep.InboundSa, Errno.EAGAIN, "not now"),
        (XfrmStep.InboundSa, Errno.EINTR, "it was interrupted"),
        (XfrmStep.InboundSa, Errno.ETIMEDOUT, "nothing: it did not answer before the deadline"),
        (XfrmStep.InboundSa, Errno.ERANGE, "an attribute has another size than it has in this kernel"),
        (XfrmStep.InboundSa, Errno.EOPNOTSUPP, "it does not do this"),
    ];

    public static void Write(TextWriter page)
    {
        page.WriteLine(Head);
        Markdown.Table(
            page, ["errno", "at", "what the kernel means", "in IKE_AUTH the peer gets", "in CREATE_CHILD_SA", "tried again", "what to check"],
            Cases.Select(one => Row(one.Step, one.Errno, one.Meaning)));
    }

    private static string[] Row(XfrmStep step, int errno, string meaning)
    {
        RefusalCause cause = Refusal.CauseOf(step, errno);
        string at = step switch { XfrmStep.InboundSa => "an SA", XfrmStep.OutboundPolicy => "a policy", _ => $"an {step.Text()}" };
        return
        [
            $"{Markdown.Code(Errno.NameOf(errno))} {errno}", at, meaning, Notify(cause, ExchangeType.IkeAuth), Notify(cause, ExchangeType.CreateChildSa),
            cause == RefusalCause.Permanent ? "when a probe succeeds" : "back-off",
            RefusalHints.For(step, errno, step == XfrmStep.InboundSa ? "rfc4106(gcm(aes))" : ""),
        ];
    }

    private static string Notify(RefusalCause cause, ExchangeType exchange) => Markdown.Code(RefusalPolicy.NotifyFor(cause, exchange, isRekey: false).RfcName());
}
