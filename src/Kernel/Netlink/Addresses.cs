using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Concentrator.Kernel.Native;

namespace Concentrator.Kernel.Netlink;

/// <summary>Between .NET's addresses and the C structures.</summary>
internal static class Addresses
{
    public static ushort FamilyOf(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetwork ? Constants.AF_INET : Constants.AF_INET6;

    public static unsafe xfrm_address_t ToNative(IPAddress address)
    {
        xfrm_address_t native = default;
        address.TryWriteBytes(new Span<byte>(native.a6, 16), out _);
        return native;
    }

    public static unsafe IPAddress FromNative(xfrm_address_t native, ushort family) =>
        new(new ReadOnlySpan<byte>(native.a6, family == Constants.AF_INET ? 4 : 16));

    public static xfrm_selector ToNative(XfrmSelector selector) => new()
    {
        saddr = ToNative(selector.Source.BaseAddress),
        daddr = ToNative(selector.Destination.BaseAddress),
        prefixlen_s = (byte)selector.Source.PrefixLength,
        prefixlen_d = (byte)selector.Destination.PrefixLength,
        family = FamilyOf(selector.Source.BaseAddress),
        proto = selector.Protocol,
        sport = Swap(selector.SourcePort),
        sport_mask = Swap(selector.SourcePortMask),
        dport = Swap(selector.DestinationPort),
        dport_mask = Swap(selector.DestinationPortMask),
    };

    public static XfrmSelector FromNative(in xfrm_selector native) => new(
        new IPNetwork(FromNative(native.saddr, native.family), native.prefixlen_s),
        new IPNetwork(FromNative(native.daddr, native.family), native.prefixlen_d),
        native.proto,
        Swap(native.sport),
        Swap(native.sport_mask),
        Swap(native.dport),
        Swap(native.dport_mask));

    public static ushort Swap(ushort value) => BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(value) : value;

    public static uint Swap(uint value) => BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(value) : value;

    /// <summary>Reads a structure; false when there are too few octets.</summary>
    public static bool TryRead<T>(ReadOnlySpan<byte> octets, out T value)
        where T : unmanaged
    {
        if (octets.Length >= Marshal.SizeOf<T>())
        {
            value = MemoryMarshal.Read<T>(octets);
            return true;
        }

        value = default;
        return false;
    }
}
