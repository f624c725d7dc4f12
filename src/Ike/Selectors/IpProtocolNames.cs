using System.Collections.Frozen;
using System.Globalization;

namespace Concentrator.Ike.Selectors;

/// <summary>The protocol and port names that selectors are written with, of the IANA registries: the few that meet in practice, so no /etc/protocols.</summary>
public static class IpProtocolNames
{
    private const byte Icmp = 1;
    private const byte Icmpv6 = 58;

    private static readonly FrozenDictionary<string, byte> Protocols = new Dictionary<string, byte>
    {
        ["icmp"] = Icmp,
        ["igmp"] = 2,
        ["ipencap"] = 4,
        ["tcp"] = 6,
        ["udp"] = 17,
        ["dccp"] = 33,
        ["ipv6"] = 41,
        ["gre"] = 47,
        ["esp"] = 50,
        ["ah"] = 51,
        ["ipv6-icmp"] = Icmpv6,
        ["eigrp"] = 88,
        ["ospf"] = 89,
        ["pim"] = 103,
        ["vrrp"] = 112,
        ["l2tp"] = 115,
        ["sctp"] = 132,
        ["mobility-header"] = 135,
        ["udplite"] = 136,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>Second names, read but never written.</summary>
    private static readonly FrozenDictionary<string, byte> Aliases = new Dictionary<string, byte>
    {
        ["ipip"] = 4,
        ["icmpv6"] = Icmpv6,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenDictionary<string, ushort> Ports = new Dictionary<string, ushort>
    {
        ["ftp"] = 21,
        ["ssh"] = 22,
        ["telnet"] = 23,
        ["smtp"] = 25,
        ["domain"] = 53,
        ["bootps"] = 67,
        ["bootpc"] = 68,
        ["tftp"] = 69,
        ["http"] = 80,
        ["kerberos"] = 88,
        ["pop3"] = 110,
        ["ntp"] = 123,
        ["imap2"] = 143,
        ["snmp"] = 161,
        ["bgp"] = 179,
        ["ldap"] = 389,
        ["https"] = 443,
        ["microsoft-ds"] = 445,
        ["isakmp"] = 500,
        ["syslog"] = 514,
        ["l2f"] = 1701,
        ["l2tp"] = 1701,
        ["radius"] = 1812,
        ["radius-acct"] = 1813,
        ["nfs"] = 2049,
        ["ms-wbt-server"] = 3389,
        ["ipsec-nat-t"] = 4500,
        ["sip"] = 5060,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private static readonly FrozenDictionary<byte, string> Names = Protocols.ToFrozenDictionary(p => p.Value, p => p.Key);

    public static IEnumerable<string> All => Protocols.Keys;

    /// <summary>Whether ports of this protocol are ICMP types and codes.</summary>
    public static bool IsIcmp(byte protocol) => protocol is Icmp or Icmpv6;

    /// <summary>The name, or the number where none is known.</summary>
    public static string NameOf(byte protocol) => Names.GetValueOrDefault(protocol) ?? protocol.ToString(CultureInfo.InvariantCulture);

    public static bool TryParseProtocol(string text, out byte protocol) =>
        Protocols.TryGetValue(text, out protocol)
        || Aliases.TryGetValue(text, out protocol)
        || byte.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out protocol);

    public static bool TryParsePort(string text, out ushort port) =>
        Ports.TryGetValue(text, out port) || ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port);
}
