namespace Concentrator.Kernel;

/// <summary>What came of reading a child whole; the keys in <see cref="Spec"/> are the caller's to zero.</summary>
public sealed record ReadResult(ChildSaSpec? Spec, Refusal? Refusal);

/// <summary>A child that goes on in another kernel: read here, installed there as it is, and only then taken out here.</summary>
public sealed partial class XfrmTables
{
    /// <summary>
    /// Both SAs with their keys, and how far they have come; what they are for. They stay, so the copy leaves out the numbers that the outbound one may still send.
    /// </summary>
    public ReadResult Read(string owner)
    {
        if (!_installed.TryGetValue(owner, out Installed? installed) || installed.Outbound is not { } outboundId)
            return new ReadResult(null, Refusal.Of(new ReadSa(new SaId(System.Net.IPAddress.Any, 0), XfrmDirection.Out), new XfrmReply(Errno.ESRCH, "no pair of SAs of this child")));
        XfrmRequest[] requests = [new ReadSa(installed.Inbound, XfrmDirection.In), new ReadSa(outboundId, XfrmDirection.Out)];
        XfrmReply[] replies = [ExecuteTwice(requests[0]), ExecuteTwice(requests[1])];
        int failed = Array.FindIndex(replies, reply => reply.Spec is null);
        if (failed >= 0)
        {
            foreach (XfrmReply reply in replies) reply.Spec?.Algorithms.ZeroKeys();
            return new ReadResult(null, Refusal.Of(requests[failed], replies[failed]));
        }

        (SaSpec inbound, SaSpec outbound) = (replies[0].Spec!, replies[1].Spec!);
        SaProgress progress = outbound.Progress!;
        outbound = outbound with { Progress = progress with { Sent = SaProgress.LeaveOut(progress.Sent, SaMover.SequenceGap, outbound.ExtendedSequenceNumbers) } };
        return new ReadResult(new ChildSaSpec(owner, inbound, outbound, [.. installed.Policies.Where(key => key.Direction == XfrmDirection.Out).Select(key => key.Selector)]), null);
    }
}
