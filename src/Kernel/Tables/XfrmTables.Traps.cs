namespace Concentrator.Kernel;

/// <summary>
/// Traps: policies that ask for an SA. A child with the same selectors takes their place as long as it lives, in one policy update each way, so that
/// there is never a moment without a policy.
/// </summary>
public sealed partial class XfrmTables
{
    private readonly Dictionary<string, IReadOnlyList<PolicyKey>> _traps = [];

    /// <summary>
    /// Sets a trap, or puts it in the place of the one that its owner has. Null: done. Else the kernel refused a policy, and all is as it was before.
    /// </summary>
    public Refusal? SetTrap(TrapSpec spec)
    {
        IReadOnlyList<PolicyKey> before = _traps.GetValueOrDefault(spec.Owner, []);
        IReadOnlyList<PolicySpec> policies = spec.Policies();
        // Where a child is in force the kernel is told when that goes.
        IEnumerable<PolicySpec> visible = policies.Where(p => !_policies.IsAbove(p.Key, PolicyRank.Trap));
        List<PolicySpec> touched = [];
        if (Put(visible, touched) is { } refusal)
        {
            foreach (PolicySpec policy in Enumerable.Reverse(touched)) SettleIfOurs(policy.Key);
            return refusal;
        }

        List<PolicyKey> left = [.. before.Where(key => _policies.Remove(spec.Owner, key))];
        foreach (PolicySpec policy in policies)
        {
            _policies.Add(spec.Owner, policy, PolicyRank.Trap);
            _resistingPolicies.Remove(policy.Key);
        }

        _traps[spec.Owner] = [.. policies.Select(p => p.Key)];
        foreach (PolicyKey key in left.Except(_traps[spec.Owner])) SettlePolicy(key);
        return null;
    }

    /// <summary>Removes what <see cref="SetTrap"/> has set; children's policies stay. Nothing is no error.</summary>
    public void RemoveTrap(string owner)
    {
        if (!_traps.Remove(owner, out IReadOnlyList<PolicyKey>? keys)) return;
        foreach (PolicyKey key in keys)
        {
            if (_policies.Remove(owner, key)) SettlePolicy(key);
        }
    }
}
