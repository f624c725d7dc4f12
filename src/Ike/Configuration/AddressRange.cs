using System.Net;
using Concentrator.Ike.Selectors;

namespace Concentrator.Ike.Configuration;

/// <summary>An inclusive range of addresses of one family; a single address is a range of one.</summary>
public sealed partial record AddressRange(IPAddress Start, IPAddress End)
{
    public bool IsSingle => Start.Equals(End);

    /// <summary>The address that many after the first; not beyond the last.</summary>
    public IPAddress At(UInt128 offset) => AddressValue.ToAddress(AddressValue.Of(Start) + offset, Start.AddressFamily);

    /// <summary>How many addresses of the range lie before this one, which is in it.</summary>
    public UInt128 OffsetOf(IPAddress address) => AddressValue.Of(address) - AddressValue.Of(Start);

    public bool Overlaps(AddressRange other) => Contains(other.Start) || other.Contains(Start);

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
