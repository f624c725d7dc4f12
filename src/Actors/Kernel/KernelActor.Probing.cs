using Concentrator.Actors.Node;
using Concentrator.Ike.Session;
using Concentrator.Kernel;

namespace Concentrator.Actors.Kernel;

/// <summary>What this kernel accepts: tried at start, and from time to time while it refuses something.</summary>
internal sealed partial class KernelActor
{
    private void Probe()
    {
        KernelCapabilities before = _node.Capabilities.Current;
        KernelCapabilities now = KernelCapabilities.Without(
            KernelCapabilities.Known.Select(algorithms => AlgorithmProbe.Try(_backend, algorithms)).Where(IsRefused).Select(result => result.Algorithms.ToString()));
        _node.Capabilities.Publish(now);
        string[] lost = [.. now.Refused.Except(before.Refused)], recovered = [.. before.Refused.Except(now.Refused)];
        if (lost.Length > 0) _node.Log.Knl.AlgorithmsRefused(string.Join(", ", lost));
        if (recovered.Length == 0) return;
        _node.Log.Knl.AlgorithmsRecovered(string.Join(", ", recovered));
        Context.System.EventStream.Publish(new KernelRecovered());
    }

    /// <summary>For good: a passing trouble says nothing about the algorithm.</summary>
    private static bool IsRefused(ProbeResult result) =>
        !result.Accepted && Refusal.CauseOf(XfrmStep.OutboundSa, result.Reply.Error) == RefusalCause.Permanent;

    /// <summary>Learned the hard way: from now on proposals with others go first.</summary>
    private void NoteRefused(Refusal refusal)
    {
        KernelCapabilities known = _node.Capabilities.Current;
        if (refusal.Cause != RefusalCause.Permanent || refusal.Algorithms.Length == 0 || known.Refused.Contains(refusal.Algorithms)) return;
        _node.Capabilities.Publish(KernelCapabilities.Without(known.Refused.Append(refusal.Algorithms)));
        _node.Log.Knl.AlgorithmsRefused(refusal.Algorithms);
    }

    private void ProbeWhileSomethingIsRefused()
    {
        if (_node.Capabilities.Current.Refused.Count > 0) Probe();
    }
}
