
namespace Concentrator.Kernel;

/// <summary>
/// Installing a child is one transaction: inbound SA, outbound SA, then the policies, in two system calls. A step that is refused undoes
/// everything, in reverse order.
/// </summary>
public sealed partial class XfrmTables
{
    /// <summary>Puts a child into the kernel. Its keys are zeroed whatever the outcome; its reserved SPI is used, or given back.</summary>
    /// <param name="spec">Both SAs, and the traffic.</param>
    /// <param name="holdOutbound">Traffic that has an outbound policy of ours stays with it until <see cref="Activate"/>: the peer may not be ready yet.</param>
    public InstallResult Install(ChildSaSpec spec, bool holdOutbound = false)
    {
        SpiReservation? reservation = _spis.Take(spec.Inbound.Spi);
        _spis.Occupy(spec.Inbound.Spi);
        try
        {
            bool isLarval = reservation is { Larval: true };
            if (isLarval && !reservation!.Destination.Equals(spec.Inbound.Destination))
            {
                // Our address has changed since: the larval SA is at the old one.
                DeleteSaEntry(new SaId(reservation.Destination, spec.Inbound.Spi));
                isLarval = false;
            }

            Refusal? refusal = InstallSas(spec, isLarval) ?? InstallPolicies(spec, holdOutbound);
            if (refusal is not null) return new InstallResult(refusal);
        }
        finally
        {
            spec.Inbound.Algorithms.ZeroKeys();
            spec.Outbound.Algorithms.ZeroKeys();
        }

        Enter(spec);
        return new InstallResult(null);
    }

    private void Enter(ChildSaSpec spec) =>
        _installed[spec.Owner] = new Installed(spec.Owner, spec.Inbound.Id, spec.Outbound.Id, [.. spec.Policies().Select(p => p.Key).Distinct()])
        {
            Lifetime = spec.Inbound.Lifetime,
        };

    private Refusal? InstallSas(ChildSaSpec spec, bool larval)
    {
        XfrmRequest[] requests = [larval ? new UpdateSa(spec.Inbound) : new AddSa(spec.Inbound), new AddSa(spec.Outbound)];
        XfrmReply[] replies = new XfrmReply[requests.Length];
        backend.Execute(requests, replies);
        if (larval && replies[0].Error == Errno.ESRCH)
        {
            // The larval SA timed out in the kernel: its SPI is still ours.
            requests[0] = new AddSa(spec.Inbound);
            replies[0] = backend.Execute(requests[0]);
        }

        for (int i = 0; i < requests.Length; i++)
        {
            // A life of ours that ended badly may have left one.
            if (replies[i].Error == Errno.EEXIST && RemoveStale(SaOf(requests[i]).Id)) replies[i] = backend.Execute(requests[i]);
        }

        int failed = Array.FindIndex(replies, r => !r.Succeeded);
        if (failed < 0)
        {
            foreach (XfrmRequest request in requests) NoteAdded(SaOf(request).Id);
            return null;
        }

        for (int i = requests.Length - 1; i >= 0; i--) UndoSa(requests[i], replies[i], stillLarval: larval && i == 0);
        return Refusal.Of(requests[failed], replies[failed]);
    }

    /// <summary>Only what was, or may have been, done is undone: an SA that was there before is not ours to delete.</summary>
    private void UndoSa(XfrmRequest request, XfrmReply reply, bool stillLarval)
    {
        SaSpec sa = SaOf(request);
        if (reply.Succeeded || stillLarval) DeleteSaEntry(sa.Id);
        else if (reply.Error == Errno.ETIMEDOUT) DeleteIfOurs(sa.Id);
        if (sa.Direction == XfrmDirection.In && !_resistingSas.Contains(sa.Id)) _spis.Vacate(sa.Spi);
    }

    private static SaSpec SaOf(XfrmRequest request) =>
        request switch { AddSa add => add.Sa, UpdateSa update => update.Sa, _ => throw new InvalidOperationException() };

    private Refusal? InstallPolicies(ChildSaSpec spec, bool holdOutbound)
    {
        ILookup<bool, PolicySpec> all = spec.Policies().DistinctBy(p => p.Key).ToLookup(p => holdOutbound && p.Direction == XfrmDirection.Out && _policies.IsLive(p.Key));
        // What another child sends through changes over last, when nothing else can be refused any more: a refusal then has not touched it.
        ILookup<bool, PolicySpec> inForce = all[false].ToLookup(p => p.Direction == XfrmDirection.Out && _policies.Contains(p.Key));
        List<PolicySpec> touched = [];
        if ((Put(inForce[false], touched) ?? Put(inForce[true], touched)) is { } refusal)
        {
            foreach (PolicySpec policy in Enumerable.Reverse(touched)) SettleIfOurs(policy.Key);
            UndoSa(new AddSa(spec.Outbound), default, stillLarval: false);
            UndoSa(new AddSa(spec.Inbound), default, stillLarval: false);
            return refusal;
        }

        foreach (PolicySpec policy in touched)
        {
            _policies.Add(spec.Owner, policy);
            _resistingPolicies.Remove(policy.Key);
        }

        foreach (PolicySpec held in all[true]) _policies.Add(spec.Owner, held, PolicyRank.Held);
        return null;
    }

    /// <summary>In one system call. Those that the kernel took, or may have taken, are added to <paramref name="touched"/>.</summary>
    private Refusal? Put(IEnumerable<PolicySpec> specs, List<PolicySpec> touched)
    {
        PolicySpec[] policies = [.. specs];
        if (policies.Length == 0) return null;
        XfrmRequest[] requests = [.. policies.Select(RequestFor)];
        XfrmReply[] replies = new XfrmReply[requests.Length];
        backend.Execute(requests, replies);
        for (int i = 0; i < requests.Length; i++)
        {
            if (replies[i].Error == Errno.EEXIST && IsOurs(policies[i].Key)) replies[i] = ExecuteTwice(requests[i] = new UpdatePolicy(policies[i]));
            if (replies[i].Succeeded || replies[i].Error == Errno.ETIMEDOUT) touched.Add(policies[i]);
        }

        int failed = Array.FindIndex(replies, r => !r.Succeeded);
        return failed < 0 ? null : Refusal.Of(requests[failed], replies[failed]);
    }

    /// <summary>A policy that is ours already, or that we could not remove, is taken over; any other must not be there yet, unless a former life of ours left it.</summary>
    private XfrmRequest RequestFor(PolicySpec policy) => _policies.Contains(policy.Key) || _resistingPolicies.Contains(policy.Key)
        ? new UpdatePolicy(policy)
        : new AddPolicy(policy);
}
