using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Wire;

namespace Concentrator.Configuration;

/// <summary>Sections <c>pools.&lt;name&gt;</c>: addresses for peers inside the tunnel, and what else those peers are told.</summary>
internal static class PoolBinder
{
    /// <summary>An attribute is a part of one message.</summary>
    private const int LongestText = 1024;

    /// <summary>For IPv4, and for IPv6 where there is one.</summary>
    private static readonly Dictionary<string, (ConfigurationAttributeType Ipv4, ConfigurationAttributeType? Ipv6)> Types = new()
    {
        ["dns"] = (ConfigurationAttributeType.InternalIp4Dns, ConfigurationAttributeType.InternalIp6Dns),
        ["nbns"] = (ConfigurationAttributeType.InternalIp4Nbns, null),
        ["dhcp"] = (ConfigurationAttributeType.InternalIp4Dhcp, ConfigurationAttributeType.InternalIp6Dhcp),
        ["netmask"] = (ConfigurationAttributeType.InternalIp4Netmask, null),
        ["server"] = (ConfigurationAttributeType.InternalIp4Server, ConfigurationAttributeType.InternalIp6Server),
        ["subnet"] = (ConfigurationAttributeType.InternalIp4Subnet, ConfigurationAttributeType.InternalIp6Subnet),
        ["split_include"] = (ConfigurationAttributeType.UnitySplitInclude, null),
        ["split_exclude"] = (ConfigurationAttributeType.UnityLocalLan, null),
    };

    public static List<PoolConfig> Bind(SettingsSection? pools, List<ConfigurationError> errors)
    {
        List<PoolConfig> bound = [];
        foreach (SettingsSection section in SettingsReader.Named(pools, "a pool", errors))
            if (BindOne(section, bound, errors) is { } pool) bound.Add(pool);
        return bound;
    }

    /// <summary>Null: there is no pool in it.</summary>
    public static PoolConfig? BindOne(SettingsSection section, IEnumerable<PoolConfig> others, List<ConfigurationError> errors)
    {
        var reader = new SettingsReader(section, KeyTable.Pool, errors);
        if (Addresses(reader) is not { } addresses) return null;
        if (others.FirstOrDefault(p => p.Addresses.Overlaps(addresses)) is { } other) reader.Error("addrs", $"overlaps with pool '{other.Name}': an address must be in one pool alone");
        return new PoolConfig(section.Name, addresses, [.. section.Values.Keys.Where(key => key != "addrs").SelectMany(key => Attributes(reader, key))]);
    }

    /// <summary>A network's own address, and the broadcast address of IPv4, are nobody's (RFC 4291 §2.6.1: all zeroes is the routers' anycast address).</summary>
    internal static AddressRange ParseAddresses(string text)
    {
        AddressRange range = AddressText.Parse(text);
        if (!text.Contains('/') || range.Span < 3) return range;
        UInt128 last = range.Start.AddressFamily == AddressFamily.InterNetwork ? range.Span - 1 : range.Span;
        return new AddressRange(range.At(1), range.At(last));
    }

    internal static IReadOnlyList<ConfigurationAttribute> ParseAttribute(string key, string text)
    {
        ConfigurationAttributeType Type(AddressFamily family) => Types.TryGetValue(key, out (ConfigurationAttributeType Ipv4, ConfigurationAttributeType? Ipv6) types)
            ? family == AddressFamily.InterNetwork ? types.Ipv4 : types.Ipv6 ?? throw new FormatException($"'{text}': there is no such attribute for IPv6")
            : (ConfigurationAttributeType)ushort.Parse(key, NumberStyles.None, CultureInfo.InvariantCulture);

        bool isNetwork = key is "subnet" or "split_include" or "split_exclude";
        if (text.Contains('/') && IPNetwork.TryParse(text, out IPNetwork network) && (isNetwork || IsNumber(key))) return [ConfigurationAttribute.Subnet(Type(network.BaseAddress.AddressFamily), network)];
        if (isNetwork) throw new FormatException($"'{text}' is no network, such as 10.1.0.0/16");
        if (AddressRange.TryParseAddress(text, out IPAddress? address)) return [ConfigurationAttribute.Server(Type(address.AddressFamily), address)];
        if (!IsNumber(key)) throw new FormatException($"'{text}' is no address");
        byte[] octets = Encoding.UTF8.GetBytes(text);
        if (octets.Length > LongestText) throw new FormatException($"more than {LongestText} octets");
        return [new ConfigurationAttribute(Type(AddressFamily.InterNetwork), octets)];
    }

    internal static bool IsNumber(string key) => ushort.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out ushort number) && number is > 0 and <= 0x7fff;

    private static AddressRange? Addresses(SettingsReader reader)
    {
        string text = reader.Text("addrs");
        if (text.Length > 0) return reader.TryRead("addrs", text, ParseAddresses, out AddressRange? range) ? range : null;
        reader.Error("", "needs addrs: a network such as 10.3.0.0/24, or a range such as 10.3.0.1-10.3.0.99");
        return null;
    }

    private static IEnumerable<ConfigurationAttribute> Attributes(SettingsReader reader, string key)
    {
        if (!(IsNumber(key) || Types.ContainsKey(key))) yield break;
        foreach (string text in reader.List(key))
        {
            if (!reader.TryRead(key, text, t => ParseAttribute(key, t), out IReadOnlyList<ConfigurationAttribute>? attributes)) continue;
            foreach (ConfigurationAttribute attribute in attributes!) yield return attribute;
        }
    }
}
