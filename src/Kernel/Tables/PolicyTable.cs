namespace Concentrator.Kernel;

/// <summary>Of the users of one policy the one with the highest rank is in force, of equals the newest.</summary>
internal enum PolicyRank
{
    /// <summary>No SA: it asks for one.</summary>
    Trap,

    /// <summary>An SA that is to take over when the peer is ready.</summary>
    Held,

    Live,
}

/// <summary>
/// Our policies and their users. The kernel has one policy a selector and direction; several children with the same selectors share it, and one
/// of them is in force. Bookkeeping only: it says which request brings the kernel there. Not thread-safe.
/// </summary>
internal sealed class PolicyTable
{
    private readonly Dictionary<PolicyKey, List<User>> _users = [];

    public int Count => _users.Count;

    public IReadOnlyCollection<PolicyKey> Keys => _users.Keys;

    public bool Contains(PolicyKey key) => _users.ContainsKey(key);

    /// <summary>A living child uses it.</summary>
    public bool IsLive(PolicyKey key) => _users.TryGetValue(key, out List<User>? users) && users[^1].Rank == PolicyRank.Live;

    /// <summary>A user of this rank would not be in force: one of a higher rank is.</summary>
    public bool IsAbove(PolicyKey key, PolicyRank rank) => _users.TryGetValue(key, out List<User>? users) && users[^1].Rank > rank;

    public void Add(string owner, PolicySpec policy, PolicyRank rank = PolicyRank.Live)
    {
        if (!_users.TryGetValue(policy.Key, out List<User>? users)) _users[policy.Key] = users = [];
        Insert(users, new User(owner, policy, rank));
    }

    /// <summary>Takes a user out; true when it was the one in force, so that the kernel must be told.</summary>
    public bool Remove(string owner, PolicyKey key)
    {
        if (!_users.TryGetValue(key, out List<User>? users)) return false;
        bool wasInForce = users[^1].Owner == owner;
        users.RemoveAll(u => u.Owner == owner);
        if (users.Count == 0) _users.Remove(key);
        return wasInForce;
    }

    /// <summary>Gives a user another rank, as the newest of it; true when that changed who is in force, so that the kernel must be told.</summary>
    public bool Rank(string owner, PolicyKey key, PolicyRank rank)
    {
        if (!_users.TryGetValue(key, out List<User>? users) || users.Find(u => u.Owner == owner) is not { } user || user.Rank == rank) return false;
        User before = users[^1];
        users.Remove(user);
        Insert(users, user with { Rank = rank });
        return users[^1].Owner != before.Owner;
    }

    /// <summary>What a user wants of a policy.</summary>
    public PolicySpec? Find(string owner, PolicyKey key) => _users.TryGetValue(key, out List<User>? users) ? users.Find(u => u.Owner == owner)?.Policy : null;

    /// <summary>Changes what a user wants; true when it is the one in force, so that the kernel must be told.</summary>
    public bool Change(string owner, PolicySpec policy)
    {
        List<User> users = _users[policy.Key];
        int index = users.FindIndex(u => u.Owner == owner);
        users[index] = users[index] with { Policy = policy };
        return index == users.Count - 1;
    }

    /// <summary>The one that the kernel is to have; null: none.</summary>
    public PolicySpec? InForce(PolicyKey key) => _users.TryGetValue(key, out List<User>? users) ? users[^1].Policy : null;

    /// <summary>The policy is not ours any more; returns those who used it.</summary>
    public IReadOnlyList<string> Forget(PolicyKey key) => _users.Remove(key, out List<User>? users) ? [.. users.Select(u => u.Owner)] : [];

    /// <summary>What makes the kernel agree with this table about a policy, whatever the kernel has now.</summary>
    public XfrmRequest RequestToSettle(PolicyKey key) =>
        _users.TryGetValue(key, out List<User>? users) ? new UpdatePolicy(users[^1].Policy) : new DeletePolicy(key);

    /// <summary>The list is in order of rank, then age: the last one is in force.</summary>
    private static void Insert(List<User> users, User user) => users.Insert(users.FindLastIndex(u => u.Rank <= user.Rank) + 1, user);

    private sealed record User(string Owner, PolicySpec Policy, PolicyRank Rank);
}
