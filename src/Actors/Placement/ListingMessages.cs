using Concentrator.Actors.Messages;
using Concentrator.Actors.Node;

namespace Concentrator.Actors.Placement;

/// <summary>To the <see cref="ListingActor"/> of a node: a page of the IKE SAs that live there. Answered by <see cref="IkeSasListed"/>.</summary>
/// <param name="After">The number of the last one of the page before; 0: the first page.</param>
/// <param name="Limit">More are never sent, fewer where they have many children.</param>
/// <param name="WithTraffic">Its kernel is asked what has passed.</param>
internal sealed record ListIkeSas(int After, int Limit, bool WithTraffic) : INodeMessage;

/// <summary>The page. <see cref="Next"/>: after which number the next one begins; null: there is none.</summary>
internal sealed record IkeSasListed(IReadOnlyList<ListedIkeSa> IkeSas, int? Next) : INodeMessage;

/// <summary>An IKE SA, and what has passed through its children by child id: nothing where it was not asked for, or the kernel did not say.</summary>
internal sealed record ListedIkeSa(IkeSaSnapshot IkeSa, IReadOnlyDictionary<uint, ChildTraffic> Traffic);
