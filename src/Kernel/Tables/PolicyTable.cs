
namespace Concentrator.Kernel;

/// <summary>
/// Our policies and their users. The kernel has one policy a selector and direction; several children with the same selectors share it, and the
/// newest of them is in force. Bookkeeping only: it says which request brings the kernel there. Not thread-safe.
/// </summary>
internal sealed class PolicyTable
{
    private readonly Dictionary<PolicyKey, List<(string Owner, PolicySpec Policy)>> _users = [];

    public int Count => _users.Count;

    public IEnumerable<PolicyKey> Keys => _users.Keys;

    /// <summary>What to ask of the kernel so that this policy is in force.</summary>
    public XfrmRequest RequestFor(PolicySpec policy) => _users.ContainsKey(policy.Key) ? new UpdatePolicy(policy) : new AddPolicy(policy);

    public void Add(string owner, PolicySpec policy)
    {
        if (!_users.TryGetValue(policy.Key, out List<(string, PolicySpec)>? users)) _users[policy.Key] = users = [];
        users.Add((owner, policy));
    }

    /// <summary>What to ask of the kernel so that it is as if this owner had never used the policy; null when nothing changes.</summary>
    public XfrmRequest? RequestWithout(string owner, PolicyKey key)
    {
        if (!_users.TryGetValue(key, out List<(string Owner, PolicySpec Policy)>? users)) return new DeletePolicy(key);
        List<(string Owner, PolicySpec Policy)> others = [.. users.Where(u => u.Owner != owner)];
        if (others.Count == 0) return new DeletePolicy(key);
        return users[^1].Owner == owner || others.Count == users.Count ? new UpdatePolicy(others[^1].Policy) : null;
    }

    public void Remove(string owner, PolicyKey key)
    {
        if (!_users.TryGetValue(key, out List<(string Owner, PolicySpec Policy)>? users)) return;
        users.RemoveAll(u => u.Owner == owner);
        if (users.Count == 0) _users.Remove(key);
    }
}
