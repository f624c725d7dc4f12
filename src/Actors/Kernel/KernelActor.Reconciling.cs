using Akka.Actor;
using Concentrator.Actors.Node;
using Concentrator.Kernel;

namespace Concentrator.Actors.Kernel;

/// <summary>
/// Holds the kernel against what the CHILD_SA actors own: at start, from time to time, and when events were lost. One comparison at a time, in pieces between
/// which requests are served.
/// </summary>
internal sealed partial class KernelActor
{
    /// <summary>How long one piece may keep requests waiting.</summary>
    private static readonly TimeSpan ReconcileBudget = TimeSpan.FromMilliseconds(5);

    private IEnumerator<object?>? _reconciling;
    private ReconciliationReport _reconciled = new();
    private bool _reconcileAgain;

    /// <summary>What a former life left is spared.</summary>
    private bool _isFresh = true;

    /// <summary>The store could not be had when that was looked at last.</summary>
    private bool _storeWasAway;

    private void ScheduleReconciliation()
    {
        // What a former life left stays for the first half of a period: a policy without an SA stops traffic that would leave in clear, and the children that
        // come back take it over.
        TimeSpan period = _node.Options.ReconcilePeriod;
        BeginReconciliation();
        Timers.StartPeriodicTimer(nameof(ReconcileNow), ReconcileNow.Instance, period / 2, period);
    }

    /// <summary>As long as the store cannot tell whose it is, and until its sessions have had a while to come back, what was left is spared as well.</summary>
    private void GrowOld()
    {
        bool storeIsAway = _node.Store is { Board.IsAvailable: false };
        _isFresh &= storeIsAway || _storeWasAway;
        _storeWasAway = storeIsAway;
    }

    private void BeginReconciliation()
    {
        if (_reconciling is not null || _sampling is not null)
        {
            _reconcileAgain = true;
            return;
        }

        _reconciled = new ReconciliationReport();
        _reconciling = _tables.Reconcile(_reconciled, spare: _isFresh);
        Self.Tell(ReconcileMore.Instance);
    }

    private void ReconcileForAWhile()
    {
        if (_reconciling is null) return;
        long started = _node.Time.GetTimestamp();
        try
        {
            do
            {
                if (_reconciling.MoveNext()) continue;
                ConcludeReconciliation();
                return;
            }
            while (_node.Time.GetElapsedTime(started) < ReconcileBudget);

            Self.Tell(ReconcileMore.Instance);
        }
        catch (XfrmException refused)
        {
            _node.Log.Knl.ReconcileFailed(refused.Message);
            ConcludeReconciliation();
        }
    }

    private void ConcludeReconciliation()
    {
        _reconciling!.Dispose();
        _reconciling = null;
        if (!_reconciled.IsQuiet)
            _node.Log.Knl.Reconciled(_reconciled.Lost.Count, _reconciled.Restored, _reconciled.Removed, _reconciled.Spared, _reconciled.Expiring.Count);
        foreach (string owner in _reconciled.Lost) TellLost(owner);
        foreach (string owner in _reconciled.Expiring) TellExpiring(owner);
        if (!_reconcileAgain) return;
        _reconcileAgain = false;
        BeginReconciliation();
    }

    private sealed record ReconcileNow : INoSerializationVerificationNeeded
    {
        public static ReconcileNow Instance { get; } = new();
    }

    private sealed record ReconcileMore : INoSerializationVerificationNeeded
    {
        public static ReconcileMore Instance { get; } = new();
    }
}
