namespace Concentrator.Kernel;

/// <summary>One child takes the place of another, make before break (RFC 7296 §2.8): traffic changes over in one policy update.</summary>
public sealed partial class XfrmTables
{
    /// <summary>
    /// What was held back is sent through this child's outbound SA from now on. A refusal leaves the traffic where it was; null otherwise, also
    /// when nothing was held.
    /// </summary>
    public Refusal? Activate(string owner)
    {
        if (!_installed.TryGetValue(owner, out Installed? installed)) return null;
        List<PolicyKey> switched = [];
        foreach (PolicyKey key in installed.Policies)
        {
            if (!_policies.Rank(owner, key, PolicyRank.Live)) continue;
            switched.Add(key);
            XfrmRequest request = _policies.RequestToSettle(key);
            XfrmReply reply = ExecuteTwice(request);
            if (reply.Succeeded) continue;
            foreach (PolicyKey undo in switched)
            {
                _policies.Rank(owner, undo, PolicyRank.Held);
                SettlePolicy(undo);
            }

            return Refusal.Of(request, reply);
        }

        return null;
    }

    /// <summary>
    /// The child sends no more: its outbound policies are its successor's and its outbound SA goes. What the peer still sends on it is received
    /// until <see cref="Sweep"/>.
    /// </summary>
    public void RetireOutbound(string owner)
    {
        if (!_installed.TryGetValue(owner, out Installed? installed) || installed.Outbound is not { } outbound) return;
        ILookup<bool, PolicyKey> policies = installed.Policies.ToLookup(key => key.Direction == XfrmDirection.Out);
        _installed[owner] = installed with { Outbound = null, Policies = [.. policies[false]] };
        foreach (PolicyKey key in policies[true])
        {
            if (_policies.Remove(owner, key)) SettlePolicy(key);
        }

        DeleteSaEntry(outbound);
    }

    /// <summary>A passing trouble is tried once more before it counts.</summary>
    private XfrmReply ExecuteTwice(XfrmRequest request)
    {
        XfrmReply reply = backend.Execute(request);
        return !reply.Succeeded && Refusal.CauseOf(XfrmStep.Query, reply.Error) == RefusalCause.Transient ? backend.Execute(request) : reply;
    }
}
