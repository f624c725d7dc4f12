namespace Concentrator.Kernel;

/// <summary>What has passed through our SAs.</summary>
public sealed partial class XfrmTables
{
    /// <summary>
    /// Packets of each of these owners: those that passed integrity check and replay window of its inbound SA, and those that left through its outbound SA; none
    /// where it does not send any more. An owner of whose SA the kernel says nothing is absent.
    /// </summary>
    public IReadOnlyDictionary<string, (ulong Received, ulong Sent)> CountPackets(IReadOnlyList<string> owners)
    {
        List<Installed> asked = [];
        List<XfrmRequest> requests = [];
        foreach (string owner in owners)
        {
            if (!_installed.TryGetValue(owner, out Installed? installed)) continue;
            asked.Add(installed);
            requests.Add(new GetSa(installed.Inbound));
            if (installed.Outbound is { } outbound) requests.Add(new GetSa(outbound));
        }

        XfrmReply[] replies = new XfrmReply[requests.Count];
        backend.Execute([.. requests], replies);
        Dictionary<string, (ulong Received, ulong Sent)> counted = [];
        int next = 0;
        foreach (Installed installed in asked)
        {
            SaInfo? inbound = replies[next++].Sa, outbound = installed.Outbound is null ? null : replies[next++].Sa;
            if (inbound is not null && (installed.Outbound is null || outbound is not null)) counted.Add(installed.Owner, (inbound.Packets, outbound?.Packets ?? 0));
        }

        return counted;
    }
}
