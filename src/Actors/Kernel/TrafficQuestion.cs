using Concentrator.Actors.Node;
using Concentrator.Kernel;

namespace Concentrator.Actors.Kernel;

/// <summary>Which SAs the children of these IKE SAs have, and which answer of <see cref="CountTraffic"/> belongs to whom.</summary>
internal sealed class TrafficQuestion
{
    private readonly List<SaId> _sas = [];
    private readonly Dictionary<IkeSaSnapshot, int> _places = new(ReferenceEqualityComparer.Instance);

    public TrafficQuestion(IReadOnlyList<IkeSaSnapshot> ikeSas)
    {
        foreach (IkeSaSnapshot ikeSa in ikeSas)
        {
            if (ikeSa.Local is null || ikeSa.Remote is null) continue;
            _places.Add(ikeSa, _sas.Count);
            // SPIs alone name nothing: the peer chooses one of each pair.
            foreach (ChildSaSnapshot child in ikeSa.Children)
            {
                _sas.Add(new SaId(ikeSa.Local.Address, child.InboundSpi));
                _sas.Add(new SaId(ikeSa.Remote.Address, child.OutboundSpi));
            }
        }
    }

    public IReadOnlyList<SaId> Sas => _sas;

    /// <summary>By child id.</summary>
    /// <param name="ikeSa">One of those that were asked about.</param>
    /// <param name="answer">In the order of <see cref="Sas"/>.</param>
    public IReadOnlyDictionary<uint, ChildTraffic> TrafficOf(IkeSaSnapshot ikeSa, SaInfo?[] answer)
    {
        Dictionary<uint, ChildTraffic> traffic = [];
        if (!_places.TryGetValue(ikeSa, out int at)) return traffic;
        foreach (ChildSaSnapshot child in ikeSa.Children) traffic[child.ChildId] = new ChildTraffic(answer[at++], answer[at++]);
        return traffic;
    }
}
