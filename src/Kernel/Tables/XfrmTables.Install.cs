
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

        _installed[spec.Owner] = new Installed(spec.Owner, spec.Inbound.Id, spec.Outbound.Id, [.. spec.Policies().Select(p => p.Key).Distinct()]);
        return new InstallResult(null);
    }

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

        int failed = Array.FindIndex(replies, r => !r.Succeeded);
        if (failed < 0) return null;
        for (int i = requests.Length - 1; i >= 0; i--) UndoSa(requests[i], replies[i], stillLarval: larval && i == 0);
        return Refusal.Of(requests[failed], replies[failed]);
    }

    /// <summary>Only what was, or may have been, done is undone: an SA that was there before is not ours to delete.</summary>
    private void UndoSa(XfrmRequest request, XfrmReply reply, bool stillLarval)
    {
        SaSpec sa = request switch { AddSa add => add.Sa, UpdateSa update => update.Sa, _ => throw new InvalidOperationException() };
        if (reply.Succeeded || reply.Error == Errno.ETIMEDOUT || stillLarval) DeleteSaEntry(sa.Id);
        if (sa.Direction == XfrmDirection.In && !_resistingSas.Contains(sa.Id)) _spis.Vacate(sa.Spi);
    }

    private Refusal? InstallPolicies(ChildSaSpec spec, bool holdOutbound)
    {
        ILookup<bool, PolicySpec> all = spec.Policies().DistinctBy(p => p.Key).ToLookup(p => holdOutbound && p.Direction == XfrmDirection.Out && _policies.IsLive(p.Key));
        List<PolicySpec> policies = [.. all[false]];
        XfrmRequest[] requests = [.. policies.Select(RequestFor)];
        XfrmReply[] replies = new XfrmReply[requests.Length];
        backend.Execute(requests, replies);
        int failed = Array.FindIndex(replies, r => !r.Succeeded);
        if (failed < 0)
        {
            foreach (PolicySpec policy in policies)
            {
                _policies.Add(spec.Owner, policy);
                _resistingPolicies.Remove(policy.Key);
            }

            foreach (PolicySpec held in all[true]) _policies.Add(spec.Owner, held, PolicyRank.Held);
            return null;
        }

        for (int i = requests.Length - 1; i >= 0; i--)
        {
            if (replies[i].Succeeded || replies[i].Error == Errno.ETIMEDOUT) SettlePolicy(policies[i].Key);
        }

        UndoSa(new AddSa(spec.Outbound), default, stillLarval: false);
        UndoSa(new AddSa(spec.Inbound), default, stillLarval: false);
        return Refusal.Of(requests[failed], replies[failed]);
    }

    /// <summary>A policy that is ours already, or that we could not remove, is taken over; any other must not be there yet.</summary>
    private XfrmRequest RequestFor(PolicySpec policy) => _policies.Contains(policy.Key) || _resistingPolicies.Contains(policy.Key)
        ? new UpdatePolicy(policy)
        : new AddPolicy(policy);
}
