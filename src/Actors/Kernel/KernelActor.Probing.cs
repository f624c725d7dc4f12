using Akka.Actor;
using Concentrator.Actors.Node;
using Concentrator.Ike.Session;
using Concentrator.Kernel;

namespace Concentrator.Actors.Kernel;

/// <summary>What this kernel accepts: tried at start, and from time to time while it refuses something.</summary>
internal sealed partial class KernelActor
{
    /// <summary>How long a round may keep requests waiting at its start. A kernel that has to look for modules takes seconds for all.</summary>
    private static readonly TimeSpan ProbeBudget = TimeSpan.FromMilliseconds(500);

    private Queue<EspAlgorithms>? _toProbe;
    private List<string> _refusedInRound = [];

    /// <summary>Begins a round, unless one is under way; what is not done within the budget is done one by one between requests.</summary>
    private void Probe()
    {
        if (_toProbe is not null) return;
        _toProbe = new Queue<EspAlgorithms>(KernelCapabilities.Known);
        _refusedInRound = [];
        ProbeFor(ProbeBudget);
    }

    private void ProbeFor(TimeSpan budget)
    {
        long started = _node.Time.GetTimestamp();
        do
        {
            ProbeResult result = AlgorithmProbe.Try(_backend, _toProbe!.Dequeue());
            if (IsRefused(result)) _refusedInRound.Add(result.Algorithms.ToString());
        }
        while (_toProbe.Count > 0 && _node.Time.GetElapsedTime(started) < budget);

        if (_toProbe.Count > 0) Self.Tell(ProbeMore.Instance);
        else ConcludeRound();
    }

    private void ConcludeRound()
    {
        _toProbe = null;
        KernelCapabilities before = _node.Capabilities.Current, now = KernelCapabilities.Without(_refusedInRound);
        _node.Capabilities.Publish(now);
        _node.Log.Knl.AlgorithmsProbed(KernelCapabilities.Known.Count(), KernelCapabilities.Known.Count() - now.Refused.Count);
        string[] lost = [.. now.Refused.Except(before.Refused)], recovered = [.. before.Refused.Except(now.Refused)];
        if (lost.Length > 0) _node.Log.Knl.AlgorithmsRefused(string.Join(", ", lost.Order(StringComparer.Ordinal)));
        if (recovered.Length == 0) return;
        _node.Log.Knl.AlgorithmsRecovered(string.Join(", ", recovered.Order(StringComparer.Ordinal)));
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

    private sealed record ProbeMore : INoSerializationVerificationNeeded
    {
        public static ProbeMore Instance { get; } = new();
    }
}
