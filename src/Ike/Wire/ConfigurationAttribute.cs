using System.Net;
using System.Net.Sockets;
using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Wire;

/// <summary>
/// One attribute of a Configuration payload: its 15-bit type and its value (RFC 7296 §3.15.1). A value without octets asks for one, or has none to give. What
/// a peer sends may be of any length: the readers take a value that its type cannot have for an attribute that nobody knows, which is ignored.
/// </summary>
public sealed record ConfigurationAttribute(ConfigurationAttributeType Type, ReadOnlyMemory<byte> Value)
{
    private const int Ipv4Octets = 4;
    private const int Ipv6Octets = 16;

    /// <summary>Asks for an address of this family, or suggests this very one where it is not the unspecified one.</summary>
    public static ConfigurationAttribute Ask(IPAddress address) =>
        IsUnspecified(address) ? new ConfigurationAttribute(AddressTypeOf(address), default) : Assign(address);

    /// <summary>INTERNAL_IP4_ADDRESS, or INTERNAL_IP6_ADDRESS with all its bits as the prefix.</summary>
    public static ConfigurationAttribute Assign(IPAddress address) => address.AddressFamily == AddressFamily.InterNetwork
        ? new ConfigurationAttribute(ConfigurationAttributeType.InternalIp4Address, address.GetAddressBytes())
        : new ConfigurationAttribute(ConfigurationAttributeType.InternalIp6Address, (byte[])[.. address.GetAddressBytes(), 8 * Ipv6Octets]);

    /// <summary>The address of a DNS server, or of another kind of server whose attribute holds one address.</summary>
    public static ConfigurationAttribute Server(ConfigurationAttributeType type, IPAddress address) => new(type, address.GetAddressBytes());

    /// <summary>INTERNAL_IP4_SUBNET (address and mask) or INTERNAL_IP6_SUBNET (address and prefix length), or another type that is written like them.</summary>
    public static ConfigurationAttribute Subnet(ConfigurationAttributeType type, IPNetwork network) => network.BaseAddress.AddressFamily == AddressFamily.InterNetwork
        ? new ConfigurationAttribute(type, (byte[])[.. network.BaseAddress.GetAddressBytes(), .. MaskOf(network.PrefixLength)])
        : new ConfigurationAttribute(type, (byte[])[.. network.BaseAddress.GetAddressBytes(), (byte)network.PrefixLength]);

    /// <summary>It is about an address of the tunnel's inside, whatever it holds.</summary>
    public bool IsAddress => Type is ConfigurationAttributeType.InternalIp4Address or ConfigurationAttributeType.InternalIp6Address;

    /// <summary>
    /// The address that is asked for or assigned; the unspecified one of its family where the value is empty; null where it is no address. Of IPv6 the prefix
    /// length that follows may be missing, as some peers send it (RFC 7296 §3.15.1: 0 or 17 octets).
    /// </summary>
    public IPAddress? Address => (Type, Value.Length) switch
    {
        (ConfigurationAttributeType.InternalIp4Address, 0) => IPAddress.Any,
        (ConfigurationAttributeType.InternalIp4Address, Ipv4Octets) => new IPAddress(Value.Span),
        (ConfigurationAttributeType.InternalIp6Address, 0) => IPAddress.IPv6Any,
        (ConfigurationAttributeType.InternalIp6Address, Ipv6Octets) => new IPAddress(Value.Span),
        (ConfigurationAttributeType.InternalIp6Address, Ipv6Octets + 1) when Value.Span[Ipv6Octets] <= 8 * Ipv6Octets => new IPAddress(Value.Span[..Ipv6Octets]),
        _ => null,
    };

    /// <summary>The DNS server that this tells; null: none.</summary>
    public IPAddress? DnsServer => (Type, Value.Length) is (ConfigurationAttributeType.InternalIp4Dns, Ipv4Octets) or (ConfigurationAttributeType.InternalIp6Dns, Ipv6Octets)
        ? new IPAddress(Value.Span)
        : null;

    public static bool IsUnspecified(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    private static ConfigurationAttributeType AddressTypeOf(IPAddress address) => address.AddressFamily == AddressFamily.InterNetwork
        ? ConfigurationAttributeType.InternalIp4Address
        : ConfigurationAttributeType.InternalIp6Address;

    private static byte[] MaskOf(int prefixLength)
    {
        byte[] mask = new byte[Ipv4Octets];
        for (int bit = 0; bit < prefixLength; bit++) mask[bit / 8] |= (byte)(0x80 >> (bit % 8));
        return mask;
    }
}
