using Concentrator.Ike.Registries;
using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Session;

/// <summary>A request of ours: what it is about. Its payloads are made when its turn comes.</summary>
internal abstract record Request(ExchangeType Exchange);

internal sealed record InitRequest() : Request(ExchangeType.IkeSaInit);

internal sealed record AuthRequest(uint? ChildId) : Request(ExchangeType.IkeAuth);

/// <summary>A further child, or one that replaces another.</summary>
internal sealed record CreateChildRequest(uint ChildId) : Request(ExchangeType.CreateChildSa);

internal sealed record RekeyIkeRequest() : Request(ExchangeType.CreateChildSa);

internal sealed record DeleteChildRequest(uint ChildId, uint InboundSpi) : Request(ExchangeType.Informational);

/// <summary>Ends the IKE SA that it is sent on.</summary>
internal sealed record DeleteIkeRequest() : Request(ExchangeType.Informational);

/// <summary>Tells an error, and ends the IKE SA.</summary>
internal sealed record NotifyRequest(NotifyType Type) : Request(ExchangeType.Informational);

/// <summary>Tells the peer of ESP that has no SA here.</summary>
internal sealed record InvalidSpiRequest(uint Spi) : Request(ExchangeType.Informational);

/// <summary>Tells our token of the IKE SA in use.</summary>
internal sealed record CrashTokenRequest() : Request(ExchangeType.Informational);

/// <summary>Asks for addresses inside the tunnel (RFC 7296 §3.15.4).</summary>
internal sealed record AddressRequest() : Request(ExchangeType.Informational);

/// <summary>Sends the client elsewhere (RFC 5685 §5); the notify's data.</summary>
internal sealed record RedirectRequest(byte[] Gateway) : Request(ExchangeType.Informational);

internal sealed record LivenessRequest() : Request(ExchangeType.Informational);

/// <summary>MOBIKE, initiator: the SAs are to go where this comes from (RFC 4555 §3.5). An answer to any but the last is not acted upon.</summary>
internal sealed record UpdateAddressesRequest(uint Number, byte[] Cookie) : Request(ExchangeType.Informational);

/// <summary>MOBIKE: all our addresses beside the one in use (RFC 4555 §3.6).</summary>
internal sealed record AddressListRequest() : Request(ExchangeType.Informational);

/// <summary>MOBIKE, responder: does the peer answer from the address that it names (RFC 4555 §3.7)?</summary>
internal sealed record RoutabilityRequest(IkePath Claimed, byte[] Cookie) : Request(ExchangeType.Informational);

/// <summary>
/// A request of ours on its way: the same octets are sent until it is answered (RFC 7296 §2.1), unless they have to be cut smaller (RFC 7383 §2.5.1), for
/// which <paramref name="payloads"/> are kept; null where that cannot be.
/// </summary>
internal sealed class OutstandingRequest(Request request, uint messageId, IReadOnlyList<byte[]> datagrams, string summary, IReadOnlyList<Payload>? payloads)
{
    public Request Request { get; } = request;

    public ExchangeType Exchange => Request.Exchange;

    public uint MessageId { get; } = messageId;

    /// <summary>One, or its fragments.</summary>
    public IReadOnlyList<byte[]> Datagrams { get; set; } = datagrams;

    public IReadOnlyList<Payload>? Payloads { get; } = payloads;

    public string Summary { get; } = summary;

    /// <summary>It is in what was stored last.</summary>
    public bool IsWritten { get; set; }

    /// <summary>How often it was sent.</summary>
    public int Sent { get; set; } = 1;
}
