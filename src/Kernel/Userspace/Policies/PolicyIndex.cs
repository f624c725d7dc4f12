namespace Concentrator.Kernel.Userspace;

/// <summary>
/// The policies of one direction. Finding one costs a look-up for each pair of prefix lengths that is in use, whatever the number of policies.
/// Safe from any thread.
/// </summary>
internal sealed class PolicyIndex
{
    private readonly Lock _lock = new();
    private readonly Dictionary<XfrmSelector, PolicyEntry> _entries = [];
    private readonly List<PolicyShape> _shapes = [];

    public IReadOnlyList<PolicyInfo> Infos
    {
        get
        {
            lock (_lock) return [.. _entries.Values.Select(entry => entry.Info)];
        }
    }

    /// <summary>The policy for a packet, or null; takes no memory.</summary>
    /// <param name="flow">The packet.</param>
    /// <param name="reqId">Only policies with it; 0: any.</param>
    public PolicyEntry? Find(in Flow flow, uint reqId = 0)
    {
        lock (_lock)
        {
            PolicyEntry? best = null;
            foreach (PolicyShape shape in _shapes)
            {
                if (shape.Find(flow, reqId) is { } found && (best is null || found.Precedes(best))) best = found;
            }

            return best;
        }
    }

    public PolicyEntry? Get(XfrmSelector selector)
    {
        lock (_lock) return _entries.GetValueOrDefault(selector);
    }

    /// <summary>Adds, or takes the place of the one with this selector.</summary>
    public void Put(PolicyEntry entry)
    {
        lock (_lock)
        {
            Take(entry.Spec.Selector);
            _entries.Add(entry.Spec.Selector, entry);
            PolicyShape? shape = _shapes.Find(s => s.IsOf(entry.Spec.Selector));
            if (shape is null) _shapes.Add(shape = PolicyShape.Of(entry.Spec.Selector));
            shape.Add(entry);
        }
    }

    public PolicyEntry? Remove(XfrmSelector selector)
    {
        lock (_lock) return Take(selector);
    }

    private PolicyEntry? Take(XfrmSelector selector)
    {
        if (!_entries.Remove(selector, out PolicyEntry? entry)) return null;
        PolicyShape shape = _shapes.Find(s => s.IsOf(selector))!;
        shape.Remove(entry);
        if (shape.IsEmpty) _shapes.Remove(shape);
        return entry;
    }
}
