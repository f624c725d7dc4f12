namespace Concentrator.Kernel;

/// <summary>What a comparison with the kernel has come to. Owners are named once.</summary>
public sealed record ReconciliationReport
{
    /// <summary>Of these the kernel lacks an SA, or somebody else has taken a policy.</summary>
    public HashSet<string> Lost { get; } = [];

    /// <summary>Of these an SA has reached a soft limit, and the kernel's event did not come.</summary>
    public HashSet<string> Expiring { get; } = [];

    /// <summary>Policies that were missing or changed, and are as they should be again.</summary>
    public int Restored { get; internal set; }

    /// <summary>SAs and policies with our seal that nobody here owned: they are gone.</summary>
    public int Removed { get; internal set; }

    /// <summary>The same, left for this time.</summary>
    public int Spared { get; internal set; }

    public bool IsQuiet => Lost.Count + Expiring.Count + Restored + Removed + Spared == 0;
}

/// <summary>
/// Holding our tables against the kernel's, in both directions. What the kernel lacks is put back where it can be, else its owner is told; what has our seal
/// and no owner goes; what has not is left alone. A dump only raises suspicions, for the tables go on changing while it is read: each is asked about by
/// itself before anything is done.
/// </summary>
public sealed partial class XfrmTables
{
    private int _reconciliation;

    /// <summary>
    /// The work, in small pieces: one for each step of the enumerator, so that requests can be served in between. Everything else of this object may be used
    /// meanwhile, but for a second reconciliation.
    /// </summary>
    /// <param name="report">Is filled.</param>
    /// <param name="spare">SAs and policies without an owner stay: their owners may be on their way back. Larval SAs go.</param>
    /// <exception cref="XfrmException">While enumerating: the kernel refuses to tell. What was done until then is in the report.</exception>
    public IEnumerator<object?> Reconcile(ReconciliationReport report, bool spare)
    {
        int round = ++_reconciliation;
        List<SaInfo> strays = [];
        foreach (SaInfo told in backend.StreamSas())
        {
            NoteSa(told, round, report, strays);
            yield return null;
        }

        HashSet<PolicyKey> settled = [];
        List<PolicyKey> strayPolicies = [];
        foreach (PolicyInfo told in backend.StreamPolicies())
        {
            NotePolicy(told, settled, strayPolicies);
            yield return null;
        }

        foreach (SaId id in _installed.Sas.Where(sa => sa.Value.SeenIn != round).Select(sa => sa.Key).ToList())
        {
            LookForSa(id, report);
            yield return null;
        }

        foreach (PolicyKey key in _policies.Keys.Where(key => !settled.Contains(key)).ToList())
        {
            LookForPolicy(key, report);
            yield return null;
        }

        foreach (PolicyKey key in strayPolicies)
        {
            if (spare) report.Spared++;
            else RemoveStray(key, report);
            yield return null;
        }

        foreach (SaInfo stray in strays)
        {
            if (spare && !stray.IsLarval) report.Spared++;
            else RemoveStray(stray.Id, report);
            yield return null;
        }
    }

    private void NoteSa(SaInfo told, int round, ReconciliationReport report, List<SaInfo> strays)
    {
        if (_installed.Find(told.Id) is not { } sa)
        {
            if (told.IsOurs == true) strays.Add(told);
            return;
        }

        if (told.IsOurs == false) return;
        sa.SeenIn = round;
        AddTraffic(sa, told);
        if (sa.IsExpiryTold || !sa.HasReachedSoftLimit(told)) return;
        sa.IsExpiryTold = true;
        report.Expiring.Add(sa.Owner);
    }

    /// <summary>An SA that was moved may count from zero again.</summary>
    private void AddTraffic(InstalledSa sa, SaInfo told)
    {
        (ulong bytes, ulong packets) = told.Bytes >= sa.Carried.Bytes ? sa.Carried : default;
        options.Totals.Add(sa.IsOutbound, told.Bytes - bytes, told.Packets - Math.Min(packets, told.Packets));
        sa.Carried = (told.Bytes, told.Packets);
    }

    private void NotePolicy(PolicyInfo told, HashSet<PolicyKey> settled, List<PolicyKey> strays)
    {
        if (_policies.InForce(told.Key) is not { } policy)
        {
            if (told.IsOurs == true) strays.Add(told.Key);
        }
        else if (told.IsOurs != false && told.Fits(policy))
        {
            settled.Add(told.Key);
        }
    }

    /// <summary>An SA cannot be put back, its keys are gone: the owner negotiates a new one.</summary>
    private void LookForSa(SaId id, ReconciliationReport report)
    {
        if (_installed.Find(id) is not { } sa || _lostSas.Contains(id)) return;
        XfrmReply told = ExecuteTwice(new GetSa(id));
        bool isGone = told.Error == Errno.ESRCH || told.Sa is { IsOurs: false };
        if (!isGone) return;
        _lostSas.Add(id);
        report.Lost.Add(sa.Owner);
    }

    /// <summary>One that is missing or not as it should be is put right. One that somebody else has put in its place is theirs.</summary>
    private void LookForPolicy(PolicyKey key, ReconciliationReport report)
    {
        if (_policies.InForce(key) is not { } policy) return;
        XfrmReply told = ExecuteTwice(new GetPolicy(key));
        bool isMissing = told.Error == Errno.ENOENT, isTaken = told.Policy is { IsOurs: false };
        if (!isMissing && !isTaken && (told.Policy is null || told.Policy.Fits(policy))) return;
        // One that comes at this very moment is not replaced.
        XfrmReply put = isTaken ? new XfrmReply(Errno.EEXIST) : ExecuteTwice(isMissing ? new AddPolicy(policy) : new UpdatePolicy(policy));
        if (put.Error == Errno.EEXIST) report.Lost.UnionWith(_policies.Forget(key));
        if (put.Succeeded) report.Restored++;
        if (put.Succeeded || put.Error == Errno.EEXIST) _resistingPolicies.Remove(key);
        else _resistingPolicies.Add(key);
    }

    private void RemoveStray(PolicyKey key, ReconciliationReport report)
    {
        if (_policies.Contains(key) || !IsOurs(key)) return;
        SettlePolicy(key);
        if (!_resistingPolicies.Contains(key)) report.Removed++;
    }

    private void RemoveStray(SaId id, ReconciliationReport report)
    {
        if (_spis.Find(id.Spi) is { Larval: true } reservation && reservation.Destination.Equals(id.Destination)) return;
        if (!RemoveStale(id)) return;
        report.Removed++;
        if (_resistingSas.Remove(id)) _spis.Vacate(id.Spi);
    }

    /// <summary>The kernel said that a soft limit of this SA was reached; returns its owner, null when it is none of ours.</summary>
    public string? NoteExpiring(SaId id)
    {
        if (_installed.Find(id) is not { } sa) return null;
        sa.IsExpiryTold = true;
        return sa.Owner;
    }

    /// <summary>
    /// The kernel said that it has removed this SA; returns its owner, null when it is none of ours, or is there after all: then a larval one of this name timed
    /// out just before the SA came.
    /// </summary>
    public string? NoteExpired(SaId id)
    {
        ReconciliationReport report = new();
        LookForSa(id, report);
        return report.Lost.SingleOrDefault();
    }
}
