
namespace Concentrator.Kernel;

/// <summary>Holding our tables against the kernel's, after events were lost.</summary>
public sealed partial class XfrmTables
{
    /// <summary>The owners of which an SA or a policy is missing in the kernel. What is there and not ours is left alone.</summary>
    /// <exception cref="XfrmException">The kernel refuses to tell.</exception>
    public IReadOnlyList<string> FindMissing()
    {
        HashSet<SaId> sas = [.. backend.DumpSas().Select(s => s.Id)];
        HashSet<PolicyKey> policies = [.. backend.DumpPolicies().Select(p => p.Key)];
        return [.. _installed.Values
            .Where(i => !sas.Contains(i.Inbound) || (i.Outbound is { } outbound && !sas.Contains(outbound)) || !i.Policies.All(policies.Contains))
            .Select(i => i.Owner)];
    }
}
