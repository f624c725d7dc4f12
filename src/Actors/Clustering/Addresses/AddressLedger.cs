using System.Net;

namespace Concentrator.Actors.Clustering.Addresses;

/// <summary>
/// The coordinator's side: which node has which service address, and until when. It knows no clock, no cluster and no wire. Every node has one; the one whom a majority
/// of the members hears decides. An address goes to another node when its holder has reported that it is without it, or when the holder's lease is over.
/// </summary>
/// <remarks>
/// Why no address is on two nodes. A coordinator grants only what it heard a majority for, by round trips, within the last <see cref="AddressLease.Freshness"/>: one that
/// stood still and reads old messages hears nobody. Two majorities have a node in common, and every node says how long ago it followed another coordinator. So this
/// one knows when the grants of any other must have ended: until then it believes nobody what he holds, and a lease later all that nobody is known to hold is free.
/// </remarks>
/// <param name="self">This life of this node.</param>
internal sealed class AddressLedger(string self)
{
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(10);

    private readonly Dictionary<string, NodeEntry> _nodes = [];
    private readonly SortedDictionary<IPAddress, Holding> _holdings = new(AddressLease.Order);
    private readonly Dictionary<long, TimeSpan> _sent = [];
    private long _number;

    /// <summary>Who has what.</summary>
    public IReadOnlyDictionary<IPAddress, string> Holders =>
        _holdings.Where(entry => entry.Value.Holder is not null).ToDictionary(entry => entry.Key, entry => entry.Value.Holder!);

    /// <param name="report">From a node.</param>
    /// <param name="members">All that count for a majority, this node among them.</param>
    /// <param name="now">Monotonic.</param>
    public AddressGrant Take(AddressReport report, IReadOnlyCollection<string> members, TimeSpan now)
    {
        Forget(members, now);
        NodeEntry node = Note(report, now);
        TimeSpan? settled = SettledAt(members, now);
        bool isKnown = _sent.TryGetValue(report.Echo, out TimeSpan heard) && heard >= settled;
        long number = ++_number;
        _sent[number] = now;
        if (!isKnown || !members.Contains(report.Node)) return new AddressGrant(self, number, report.Number, IsDecided: false, [], Holders);
        Adopt(report, now);
        Dictionary<IPAddress, string> plan = AddressPlan.Make(
            _holdings.ToDictionary(entry => entry.Key, entry => entry.Value.Holder), _nodes.Where(entry => IsHeard(entry.Key, now)).ToDictionary(entry => entry.Key, entry => entry.Value.Able));
        (List<IPAddress> granted, Dictionary<IPAddress, string> successors) = Grant(report, node, number, plan, mayGiveOut: now >= settled + AddressLease.Duration, now);
        return new AddressGrant(self, number, report.Number, IsDecided: true, granted, Holders) { Successors = successors, Heirs = Heirs(plan, now) };
    }

    private NodeEntry Note(AddressReport report, TimeSpan now)
    {
        if (!_nodes.TryGetValue(report.Node, out NodeEntry? node)) _nodes[report.Node] = node = new NodeEntry();
        if (_sent.TryGetValue(report.Echo, out TimeSpan sent) && (node.Heard is null || sent > node.Heard)) node.Heard = sent;
        node.Able = [.. report.Able];
        node.Foreign = now - report.Since;
        foreach (IPAddress address in report.Able.Concat(report.Held)) _holdings.TryAdd(address, new Holding());
        return node;
    }

    /// <summary>When no other coordinator can have granted anything any more; null without a majority.</summary>
    private TimeSpan? SettledAt(IReadOnlyCollection<string> members, TimeSpan now)
    {
        NodeEntry[] heard = [.. members.Where(member => IsHeard(member, now)).Select(member => _nodes[member])];
        return heard.Length * 2 > members.Count ? heard.Max(node => node.Foreign) + AddressLease.Freshness : null;
    }

    private void Adopt(AddressReport report, TimeSpan now)
    {
        foreach ((IPAddress address, Holding holding) in _holdings)
        {
            if (report.Held.Contains(address))
            {
                // Given out by the coordinator before this one; its lease cannot be longer than ours.
                if (holding.Holder is null) (holding.Holder, holding.Free, holding.Granted) = (report.Node, now + AddressLease.Duration, 0);
            }
            else if (holding.Holder == report.Node && report.Echo >= holding.Granted)
            {
                // It has carried out all that gave it the address, and is without it.
                (holding.Holder, holding.Free) = (null, now);
            }
        }
    }

    private Dictionary<IPAddress, string> Heirs(Dictionary<IPAddress, string> plan, TimeSpan now) =>
        plan.Where(wanted => _holdings[wanted.Key].Holder is not { } holder || !IsHeard(holder, now)).ToDictionary();

    private (List<IPAddress> Granted, Dictionary<IPAddress, string> Successors) Grant(
        AddressReport report, NodeEntry node, long number, Dictionary<IPAddress, string> plan, bool mayGiveOut, TimeSpan now)
    {
        List<IPAddress> granted = [];
        Dictionary<IPAddress, string> successors = [];
        foreach ((IPAddress address, Holding holding) in _holdings)
        {
            bool isWanted = plan.TryGetValue(address, out string? wanted) && wanted == report.Node;
            // Before all have been heard it is too early to move what works.
            bool stays = holding.Holder == report.Node && (isWanted || report.HandsOver || (!mayGiveOut && node.Able.Contains(address)));
            if (!stays && !(isWanted && holding.Holder is null && holding.Free <= now && mayGiveOut)) continue;
            (holding.Holder, holding.Free, holding.Granted) = (report.Node, now + AddressLease.Duration, number);
            granted.Add(address);
            if (stays && !isWanted && mayGiveOut && wanted is not null) successors[address] = wanted;
        }

        return (granted, successors);
    }

    private void Forget(IReadOnlyCollection<string> members, TimeSpan now)
    {
        foreach (long old in _sent.Where(sent => sent.Value + Memory < now).Select(sent => sent.Key).ToList()) _sent.Remove(old);
        foreach (string gone in _nodes.Keys.Where(node => !members.Contains(node)).ToList()) _nodes.Remove(gone);
        foreach (Holding holding in _holdings.Values)
        {
            if (holding.Holder is not null && holding.Free <= now) holding.Holder = null;
        }
    }

    private bool IsHeard(string node, TimeSpan now) => _nodes.TryGetValue(node, out NodeEntry? entry) && entry.Heard + AddressLease.Freshness >= now;

    private sealed class NodeEntry
    {
        /// <summary>When the latest grant was sent that it is known to have carried out.</summary>
        public TimeSpan? Heard { get; set; }

        /// <summary>When it followed another coordinator for the last time, or began.</summary>
        public TimeSpan Foreign { get; set; }

        public HashSet<IPAddress> Able { get; set; } = [];
    }

    private sealed class Holding
    {
        public string? Holder { get; set; }

        /// <summary>When the lease of whoever had it last is over.</summary>
        public TimeSpan Free { get; set; }

        /// <summary>The last grant that gave it to the holder; 0: one of another coordinator.</summary>
        public long Granted { get; set; }
    }
}
