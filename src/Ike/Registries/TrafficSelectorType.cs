namespace Concentrator.Ike.Registries;

/// <summary>Traffic selector types (IANA "IKEv2 Traffic Selector Types", RFC 7296 §3.13.1).</summary>
public enum TrafficSelectorType : byte
{
    Ipv4AddressRange = 7,
    Ipv6AddressRange = 8,
}
