using System.Net;
using System.Net.Sockets;

namespace Concentrator.Kernel.Userspace;

/// <summary>All policies of one family whose selectors have prefixes of the same two lengths: found by the two prefixes at once.</summary>
internal sealed class PolicyShape(bool isIpv6, int sourceLength, int destinationLength)
{
    private readonly UInt128 _sourceMask = Mask(isIpv6, sourceLength);
    private readonly UInt128 _destinationMask = Mask(isIpv6, destinationLength);
    private readonly Dictionary<(UInt128 Source, UInt128 Destination), List<PolicyEntry>> _policies = [];

    public bool IsEmpty => _policies.Count == 0;

    public bool IsOf(XfrmSelector selector) =>
        isIpv6 == IsIpv6(selector) && sourceLength == selector.Source.PrefixLength && destinationLength == selector.Destination.PrefixLength;

    public static PolicyShape Of(XfrmSelector selector) => new(IsIpv6(selector), selector.Source.PrefixLength, selector.Destination.PrefixLength);

    public void Add(PolicyEntry entry)
    {
        (UInt128, UInt128) key = KeyOf(entry.Spec.Selector);
        if (!_policies.TryGetValue(key, out List<PolicyEntry>? entries)) _policies[key] = entries = [];
        int place = entries.FindIndex(entry.Precedes);
        entries.Insert(place < 0 ? entries.Count : place, entry);
    }

    public void Remove(PolicyEntry entry)
    {
        (UInt128, UInt128) key = KeyOf(entry.Spec.Selector);
        if (!_policies.TryGetValue(key, out List<PolicyEntry>? entries)) return;
        entries.Remove(entry);
        if (entries.Count == 0) _policies.Remove(key);
    }

    /// <param name="flow">The packet.</param>
    /// <param name="reqId">Only policies with it; 0: any.</param>
    public PolicyEntry? Find(in Flow flow, uint reqId)
    {
        if (flow.IsIpv6 != isIpv6 || !_policies.TryGetValue((flow.Source & _sourceMask, flow.Destination & _destinationMask), out List<PolicyEntry>? entries)) return null;
        foreach (PolicyEntry entry in entries)
        {
            if ((reqId == 0 || entry.Spec.ReqId == reqId) && entry.Fits(flow)) return entry;
        }

        return null;
    }

    private static bool IsIpv6(XfrmSelector selector) => selector.Source.BaseAddress.AddressFamily == AddressFamily.InterNetworkV6;

    private static (UInt128, UInt128) KeyOf(XfrmSelector selector) => (BitsOf(selector.Source.BaseAddress), BitsOf(selector.Destination.BaseAddress));

    private static UInt128 BitsOf(IPAddress address) => UdpEndpoint.From(new IPEndPoint(address, 0)).Bits;

    private static UInt128 Mask(bool isIpv6, int length)
    {
        int bits = isIpv6 ? 128 : 32;
        UInt128 all = isIpv6 ? UInt128.MaxValue : uint.MaxValue;
        // A shift by all 128 bits would be one by none.
        return length == 0 ? 0 : all >> (bits - length) << (bits - length);
    }
}
