using System.Net;
using Concentrator.Actors.Node;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Selectors;

namespace Concentrator.Actors.Updown;

/// <summary>What a script is told of a child, as it was when it came up: what takes it down again must hear the same.</summary>
/// <param name="IkeSa">Its IKE SA.</param>
/// <param name="Child">Its configuration; it names the script.</param>
/// <param name="ReqId">Of its SAs and policies.</param>
/// <param name="Me">Our end.</param>
/// <param name="Peer">The peer's end.</param>
/// <param name="MyId">Our identity.</param>
/// <param name="PeerId">The peer's, authenticated; its words are the peer's all the same.</param>
/// <param name="IsEncapsulated">ESP travels in UDP.</param>
/// <param name="Local">What we protect.</param>
/// <param name="Remote">What the peer protects.</param>
internal sealed record UpdownSubject(
    IkeSaName IkeSa,
    ChildConfig Child,
    uint ReqId,
    IPEndPoint Me,
    IPEndPoint Peer,
    string MyId,
    string PeerId,
    bool IsEncapsulated,
    IReadOnlyList<TrafficSelector> Local,
    IReadOnlyList<TrafficSelector> Remote)
{
    /// <summary>What the peer gave us of its pools, and what we gave it of ours.</summary>
    public IReadOnlyList<IPAddress> MyVirtual { get; init; } = [];

    public IReadOnlyList<IPAddress> PeerVirtual { get; init; } = [];

    /// <summary>A child that replaces another has the same.</summary>
    public string Lineage => $"{IkeSa.Session} {ReqId} {string.Join(',', Local)} {string.Join(',', Remote)}";

    /// <summary>Scripts with the same place in the world run one after the other: also those of the tunnel that comes in the place of one that was lost.</summary>
    public string Order => $"{IkeSa.Name} {Child.Name} {PeerId}";
}
