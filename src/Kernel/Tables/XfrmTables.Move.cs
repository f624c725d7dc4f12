namespace Concentrator.Kernel;

/// <summary>What came of moving a child. Refused, it is where it was; lost, parts of it are nowhere, and its owner has to be swept.</summary>
public sealed record MoveResult(Refusal? Refusal, bool IsLost = false)
{
    public bool Succeeded => Refusal is null;
}

/// <summary>
/// A child goes on between other addresses (RFC 4555 §3.5, RFC 7296 §2.23): both SAs and its policies move, or nothing does. The policies are there all the
/// while and name addresses that an SA had or has: a packet that meets one in between is lost, not sent in clear.
/// </summary>
public sealed partial class XfrmTables
{
    public MoveResult Move(string owner, ChildPath path)
    {
        if (!_installed.TryGetValue(owner, out Installed? installed)) return new MoveResult(null);
        var mover = new SaMover(backend);
        // Undoes one step each; false when that is refused too.
        Stack<Func<bool>> undo = [];
        MoveResult result = MoveHalf(mover, installed.Inbound, XfrmDirection.In, owner, installed.Policies, path, undo);
        if (result.Succeeded && installed.Outbound is { } outbound) result = MoveHalf(mover, outbound, XfrmDirection.Out, owner, installed.Policies, path, undo);
        if (result.Succeeded) return result;
        bool isBack = true;
        while (undo.TryPop(out Func<bool>? step)) isBack &= step();
        return result with { IsLost = result.IsLost || !isBack };
    }

    /// <summary>An SA, then the policies whose templates it must fit.</summary>
    private MoveResult MoveHalf(
        SaMover mover, SaId id, XfrmDirection direction, string owner, IReadOnlyList<PolicyKey> policies, ChildPath path, Stack<Func<bool>> undo)
    {
        SaPlace to = path.PlaceOf(direction);
        SaMove move = mover.Move(id, direction, to);
        if (move.Refusal is { } refusal) return new MoveResult(refusal, move.IsLost);
        if (move.From is not { } origin) return new MoveResult(null);
        Rename(owner, id, id with { Destination = to.Destination });
        undo.Push(() =>
        {
            bool isBack = mover.Move(id with { Destination = to.Destination }, direction, origin).Refusal is null;
            if (isBack) Rename(owner, id with { Destination = to.Destination }, id);
            return isBack;
        });
        foreach (PolicyKey key in policies.Where(key => key.Direction == XfrmDirection.Out == (direction == XfrmDirection.Out)))
        {
            if (MovePolicy(owner, key, to, undo) is { } refused) return new MoveResult(refused);
        }

        // Traffic that met the policy while the SA was gone may have left a larval one at the old address.
        if (!to.Destination.Equals(origin.Destination)) DeleteSaEntry(id);
        return new MoveResult(null);
    }

    /// <summary>The policy changes in one update; at no time is there none.</summary>
    private Refusal? MovePolicy(string owner, PolicyKey key, SaPlace to, Stack<Func<bool>> undo)
    {
        if (_policies.Find(owner, key) is not { Mode: XfrmMode.Tunnel } before) return null;
        PolicySpec after = before with { TunnelSource = to.Source, TunnelDestination = to.Destination };
        bool isInForce = _policies.Change(owner, after);
        undo.Push(() =>
        {
            if (_policies.Change(owner, before)) SettlePolicy(key);
            return !_resistingPolicies.Contains(key);
        });
        if (!isInForce) return null;
        XfrmRequest request = _policies.RequestToSettle(key);
        XfrmReply reply = ExecuteTwice(request);
        return reply.Succeeded ? null : Refusal.Of(request, reply);
    }

    private void Rename(string owner, SaId before, SaId after)
    {
        if (!_installed.TryGetValue(owner, out Installed? installed)) return;
        _installed[owner] = installed with
        {
            Inbound = installed.Inbound == before ? after : installed.Inbound,
            Outbound = installed.Outbound == before ? after : installed.Outbound,
        };
    }
}
