using System.Net;
using Concentrator.Actors.Messages;

namespace Concentrator.Actors.Clustering.Addresses;

/// <summary>A node to the coordinator, four times a second.</summary>
/// <param name="Node">Who: one life of one node.</param>
/// <param name="Number">Counts this node's reports.</param>
/// <param name="Echo">The last grant that was carried out before this was sent; 0: none yet.</param>
/// <param name="Able">Addresses that it may be given; none while it drains.</param>
/// <param name="Held">Those that it has.</param>
/// <param name="Since">How long ago it carried out a grant of another coordinator, or else began.</param>
internal sealed record AddressReport(string Node, long Number, long Echo, IReadOnlyList<IPAddress> Able, IReadOnlyList<IPAddress> Held, TimeSpan Since) : INodeMessage
{
    /// <summary>It gives up by itself what is to move, once the successor is prepared; else it is to be told to.</summary>
    public bool HandsOver { get; init; }
}

/// <summary>To the node that was prepared to have this address: it is free, so it need not wait for its next report.</summary>
internal sealed record AddressFreed(IPAddress Address) : INodeMessage;

/// <summary>The coordinator's answer to a report.</summary>
/// <param name="Coordinator">Whose answer: one life of one node.</param>
/// <param name="Number">Counts the coordinator's grants.</param>
/// <param name="Echo">The report that it answers: the lease begins when that was sent.</param>
/// <param name="IsDecided">False: the coordinator has no majority, or does not know yet what the node holds: nothing is prolonged and nothing is taken.</param>
/// <param name="Addresses">All that the node is to have.</param>
/// <param name="Holders">Who has what, as far as the coordinator knows.</param>
internal sealed record AddressGrant(
    string Coordinator, long Number, long Echo, bool IsDecided, IReadOnlyList<IPAddress> Addresses, IReadOnlyDictionary<IPAddress, string> Holders) : INodeMessage
{
    /// <summary>Of <see cref="Addresses"/> those that the node is to give up, once the other is prepared.</summary>
    public IReadOnlyDictionary<IPAddress, string> Successors { get; init; } = new Dictionary<IPAddress, string>();

    /// <summary>Who is to have what nobody has, or one who is not heard: as soon as that one's lease is over.</summary>
    public IReadOnlyDictionary<IPAddress, string> Heirs { get; init; } = new Dictionary<IPAddress, string>();
}
