using System.Net;

namespace Concentrator.Ike.Configuration;

/// <summary>An inclusive range of addresses of one family; a single address is a range of one.</summary>
public sealed partial record AddressRange(IPAddress Start, IPAddress End)
{
    public bool IsSingle => Start.Equals(End);

    public bool Contains(IPAddress address)
    {
        if (address.AddressFamily != Start.AddressFamily) return false;
        Span<byte> value = stackalloc byte[16], low = stackalloc byte[16], high = stackalloc byte[16];
        address.TryWriteBytes(value, out int length);
        Start.TryWriteBytes(low, out _);
        End.TryWriteBytes(high, out _);
        return value[..length].SequenceCompareTo(low[..length]) >= 0 && value[..length].SequenceCompareTo(high[..length]) <= 0;
    }
}
