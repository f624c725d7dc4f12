using Concentrator.Ike.Proposals;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Selectors;

namespace Concentrator.Ike.Wire;

/// <summary>One payload of an IKEv2 message, owning its octets. Immutable; the codec makes and writes them.</summary>
public abstract record Payload(PayloadType Type);

/// <summary>Security Association payload (RFC 7296 §3.3): proposals in the sender's order of preference.</summary>
public sealed record SaPayload(IReadOnlyList<Proposal> Proposals) : Payload(PayloadType.SecurityAssociation);

/// <summary>Key Exchange payload (RFC 7296 §3.4). The method may be one this program does not know.</summary>
public sealed record KePayload(KeyExchangeMethod Method, ReadOnlyMemory<byte> Data) : Payload(PayloadType.KeyExchange);

/// <summary>
/// Identification payload, IDi or IDr (RFC 7296 §3.5). <see cref="Body"/> is the payload without its generic header,
/// with the RESERVED octets as received: it is what AUTH covers (§2.15).
/// </summary>
public sealed record IdPayload(PayloadType Type, Identity Identity, ReadOnlyMemory<byte> Body) : Payload(Type)
{
    /// <summary>For sending: the RESERVED octets are zero.</summary>
    public static IdPayload Create(PayloadType type, Identity identity)
    {
        byte[] body = new byte[4 + identity.Data.Length];
        body[0] = (byte)identity.Type;
        identity.Data.Span.CopyTo(body.AsSpan(4));
        return new IdPayload(type, identity, body);
    }
}

/// <summary>Authentication payload (RFC 7296 §3.8).</summary>
public sealed record AuthPayload(AuthMethod Method, ReadOnlyMemory<byte> Data) : Payload(PayloadType.Authentication);

/// <summary>Nonce payload (RFC 7296 §3.9), 16 to 256 octets.</summary>
public sealed record NoncePayload(ReadOnlyMemory<byte> Data) : Payload(PayloadType.Nonce);

/// <summary>Notify payload (RFC 7296 §3.10). <see cref="Spi"/> is empty, 4 (AH, ESP) or 8 (IKE) octets.</summary>
public sealed record NotifyPayload(NotifyType NotifyType, ReadOnlyMemory<byte> Data, ProtocolId Protocol, ReadOnlyMemory<byte> Spi)
    : Payload(PayloadType.Notify)
{
    public NotifyPayload(NotifyType type)
        : this(type, default, ProtocolId.None, default)
    {
    }

    public NotifyPayload(NotifyType type, ReadOnlyMemory<byte> data)
        : this(type, data, ProtocolId.None, default)
    {
    }
}

/// <summary>Delete payload (RFC 7296 §3.11). For <see cref="ProtocolId.Ike"/> there are no SPIs; else the sender's inbound ones.</summary>
public sealed record DeletePayload(ProtocolId Protocol, IReadOnlyList<uint> Spis) : Payload(PayloadType.Delete);

/// <summary>Vendor ID payload (RFC 7296 §3.12): parsed, shown, ignored.</summary>
public sealed record VendorIdPayload(ReadOnlyMemory<byte> Data) : Payload(PayloadType.VendorId);

/// <summary>Traffic Selector payload, TSi or TSr (RFC 7296 §3.13). Selectors of unknown type are left out by the parser.</summary>
public sealed record TsPayload(PayloadType Type, IReadOnlyList<TrafficSelector> Selectors) : Payload(Type);

/// <summary>Certificate or Certificate Request payload (RFC 7296 §3.6, §3.7).</summary>
public sealed record CertPayload(PayloadType Type, byte Encoding, ReadOnlyMemory<byte> Data) : Payload(Type);

/// <summary>Configuration payload (RFC 7296 §3.15). Its type may be one this program does not know.</summary>
public sealed record CpPayload(ConfigurationType CfgType, IReadOnlyList<ConfigurationAttribute> Attributes) : Payload(PayloadType.Configuration);

/// <summary>EAP payload (RFC 7296 §3.16): one whole EAP message.</summary>
public sealed record EapPayload(ReadOnlyMemory<byte> Message) : Payload(PayloadType.Eap);

/// <summary>A payload of a type this program does not know; <see cref="Critical"/> decides what that means (RFC 7296 §2.5).</summary>
public sealed record UnknownPayload(PayloadType Type, bool Critical, ReadOnlyMemory<byte> Body) : Payload(Type);
