namespace Concentrator.Ike.Registries;

/// <summary>Attributes of Configuration payloads (IANA "IKEv2 Configuration Payload Attribute Types", RFC 7296 §3.15.1).</summary>
public enum ConfigurationAttributeType : ushort
{
    InternalIp4Address = 1,
    InternalIp4Netmask = 2,
    InternalIp4Dns = 3,
    InternalIp4Nbns = 4,
    InternalIp4Dhcp = 6,
    ApplicationVersion = 7,
    InternalIp6Address = 8,
    InternalIp6Dns = 10,
    InternalIp6Dhcp = 12,
    InternalIp4Subnet = 13,
    SupportedAttributes = 14,
    InternalIp6Subnet = 15,
    Mip6HomePrefix = 16,
    InternalIp6Link = 17,
    InternalIp6Prefix = 18,

    /// <summary>Of Windows, private use: the server's address inside the tunnel.</summary>
    InternalIp4Server = 23456,
    InternalIp6Server = 23457,

    /// <summary>Of Cisco's Unity, private use: subnets inside the tunnel, and outside of it.</summary>
    UnitySplitInclude = 28676,
    UnityLocalLan = 28678,
}
