namespace Concentrator.Kernel;

/// <summary>
/// Our policies and their users. The kernel has one policy a selector and direction; several children with the same selectors share it, and the
/// newest of them is in force. Bookkeeping only: it says which request brings the kernel there. Not thread-safe.
/// </summary>
internal sealed class PolicyTable
{
    private readonly Dictionary<PolicyKey, List<(string Owner, PolicySpec Policy)>> _users = [];

    public int Count => _users.Count;

    public bool Contains(PolicyKey key) => _users.ContainsKey(key);

    public void Add(string owner, PolicySpec policy)
    {
        if (!_users.TryGetValue(policy.Key, out List<(string, PolicySpec)>? users)) _users[policy.Key] = users = [];
        users.Add((owner, policy));
    }

    /// <summary>Takes a user out; true when it was the one in force, so that the kernel must be told.</summary>
    public bool Remove(string owner, PolicyKey key)
    {
        if (!_users.TryGetValue(key, out List<(string Owner, PolicySpec Policy)>? users)) return false;
        bool wasInForce = users[^1].Owner == owner;
        users.RemoveAll(u => u.Owner == owner);
        if (users.Count == 0) _users.Remove(key);
        return wasInForce;
    }

    /// <summary>What makes the kernel agree with this table about a policy, whatever the kernel has now.</summary>
    public XfrmRequest RequestToSettle(PolicyKey key) =>
        _users.TryGetValue(key, out List<(string Owner, PolicySpec Policy)>? users) ? new UpdatePolicy(users[^1].Policy) : new DeletePolicy(key);
}
