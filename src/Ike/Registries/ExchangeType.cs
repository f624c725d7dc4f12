namespace Concentrator.Ike.Registries;

/// <summary>IKEv2 exchange types (IANA "IKEv2 Exchange Types", RFC 7296 §3.1).</summary>
public enum ExchangeType : byte
{
    IkeSaInit = 34,
    IkeAuth = 35,
    CreateChildSa = 36,
    Informational = 37,
    IkeSessionResume = 38,
    IkeIntermediate = 43,
    IkeFollowupKe = 44,
}
