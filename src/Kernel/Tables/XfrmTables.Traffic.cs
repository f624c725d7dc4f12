namespace Concentrator.Kernel;

/// <summary>What has passed through our SAs.</summary>
public sealed partial class XfrmTables
{
    /// <summary>
    /// Packets that passed integrity check and replay window of the inbound SA of each of these owners. An owner of which the kernel says nothing is absent.
    /// </summary>
    public IReadOnlyDictionary<string, ulong> CountReceived(IReadOnlyList<string> owners)
    {
        List<Installed> asked = [];
        foreach (string owner in owners)
        {
            if (_installed.TryGetValue(owner, out Installed? installed)) asked.Add(installed);
        }

        XfrmReply[] replies = new XfrmReply[asked.Count];
        backend.Execute([.. asked.Select(i => new GetSa(i.Inbound))], replies);
        Dictionary<string, ulong> received = [];
        for (int i = 0; i < replies.Length; i++)
        {
            if (replies[i].Sa is { } sa) received.Add(asked[i].Owner, sa.Packets);
        }

        return received;
    }
}
