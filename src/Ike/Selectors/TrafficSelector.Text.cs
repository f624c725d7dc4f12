using System.Globalization;
using System.Net;

namespace Concentrator.Ike.Selectors;

/// <summary>Traffic selectors as people write them: <c>10.1.0.0/24</c>, <c>10.1.0.1..10.1.0.9[tcp/80]</c>.</summary>
public sealed partial record TrafficSelector
{
    /// <summary>A network, an address or a range, all protocols and ports.</summary>
    /// <exception cref="FormatException">It is none of them.</exception>
    public static TrafficSelector Parse(string text)
    {
        if (IPNetwork.TryParse(text, out IPNetwork network)) return new TrafficSelector(network.BaseAddress, LastOf(network), 0, 0, ushort.MaxValue);
        string[] ends = text.Split("..");
        if (ends.Length > 2 || !IPAddress.TryParse(ends[0], out IPAddress? start) || !IPAddress.TryParse(ends[^1], out IPAddress? end))
            throw new FormatException($"'{text}' is no traffic selector.");
        return new TrafficSelector(start, end, 0, 0, ushort.MaxValue);
    }

    private static IPAddress LastOf(IPNetwork network)
    {
        byte[] octets = network.BaseAddress.GetAddressBytes();
        for (int bit = network.PrefixLength; bit < octets.Length * 8; bit++) octets[bit / 8] |= (byte)(0x80 >> bit % 8);
        return new IPAddress(octets);
    }

    public override string ToString()
    {
        IReadOnlyList<IPNetwork> networks = ToNetworks();
        string addresses = networks.Count == 1 ? networks[0].ToString() : $"{Start}..{End}";
        if (Protocol == 0 && AllPorts) return addresses;
        string ports = IsOpaque ? "/opaque" : AllPorts ? "" : StartPort == EndPort ? $"/{StartPort}" : $"/{StartPort}-{EndPort}";
        string protocol = Protocol switch { 0 => "any", 1 => "icmp", 6 => "tcp", 17 => "udp", 58 => "ipv6-icmp", _ => Protocol.ToString(CultureInfo.InvariantCulture) };
        return $"{addresses}[{protocol}{ports}]";
    }

    /// <summary>The fewest prefixes that cover exactly this range: what a kernel's selectors can say.</summary>
    public IReadOnlyList<IPNetwork> ToNetworks()
    {
        List<IPNetwork> networks = [];
        byte[] next = Start.GetAddressBytes();
        byte[] last = End.GetAddressBytes();
        while (next.AsSpan().SequenceCompareTo(last) <= 0)
        {
            int prefix = LargestPrefix(next, last);
            networks.Add(new IPNetwork(new IPAddress(next), prefix));
            if (!AddBlock(next, prefix)) break;
        }

        return networks;
    }

    private static int LargestPrefix(byte[] start, byte[] last)
    {
        int prefix = start.Length * 8;
        Span<byte> end = stackalloc byte[start.Length];
        while (prefix > 0)
        {
            int bit = prefix - 1;
            if ((start[bit / 8] & 0x80 >> bit % 8) != 0) break;
            start.CopyTo(end);
            for (int i = bit; i < start.Length * 8; i++) end[i / 8] |= (byte)(0x80 >> i % 8);
            if (end.SequenceCompareTo(last) > 0) break;
            prefix--;
        }

        return prefix;
    }

    /// <summary>Moves to the address after the block; false when the address space ends there.</summary>
    private static bool AddBlock(byte[] address, int prefix)
    {
        for (int bit = prefix - 1; bit >= 0; bit--)
        {
            int mask = 0x80 >> bit % 8;
            if ((address[bit / 8] & mask) == 0)
            {
                address[bit / 8] |= (byte)mask;
                return true;
            }

            address[bit / 8] &= (byte)~mask;
        }

        return false;
    }
}
