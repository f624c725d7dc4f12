using Concentrator.Ike.Crypto;
using Concentrator.Ike.Proposals;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Session;

/// <summary>
/// One IKE SA proper: its SPIs, keys and message windows. A session has one in use; beside it, for a while, the one that it replaced, or one that a
/// collision made superfluous (RFC 7296 §2.8). The low octet of our SPI, the generation, tells them apart. Owned by its session.
/// </summary>
internal sealed class IkeSa(ulong localSpi) : IDisposable
{
    public ulong LocalSpi { get; } = localSpi;

    public byte Generation => (byte)LocalSpi;

    /// <summary>0 until known.</summary>
    public ulong RemoteSpi { get; set; }

    /// <summary>We sent the request that made this IKE SA: the I flag of all we send in it (RFC 7296 §2.2, §3.1).</summary>
    public bool IsInitiator { get; set; }

    public IkeSuite? Suite { get; private set; }

    public IkeKeys? Keys { get; private set; }

    /// <summary>Null until there are keys.</summary>
    public MessageProtector? Outbound { get; private set; }

    public MessageProtector? Inbound { get; private set; }

    /// <summary>Our request that waits for its response.</summary>
    public OutstandingRequest? Outstanding { get; set; }

    public uint NextOutboundId { get; set; }

    /// <summary>The peer's request that waits for its response.</summary>
    public InboundRequest? Answering { get; set; }

    /// <summary>The peer's next request must have this id (RFC 7296 §2.2).</summary>
    public uint NextInboundId { get; set; }

    public KeptResponse? LastResponse { get; set; }

    /// <summary>How often <see cref="LastResponse"/> was asked for again.</summary>
    public int ResponseRepeats { get; set; }

    /// <summary>Who shows this is the peer, and has forgotten this IKE SA (RFC 6290); null where it gave none.</summary>
    public Secret? PeerCrashToken
    {
        get;
        set
        {
            field?.Dispose();
            field = value;
        }
    }

    public byte[] LastRequestDigest { get; set; } = [];

    /// <summary>The peer has taken its side over and said that its requests begin here (RFC 6311); null: never.</summary>
    public uint? SynchronizedAt { get; set; }

    /// <summary>SHA-256 of the message that said so, and what was answered.</summary>
    public (byte[] Digest, IReadOnlyList<byte[]> Response)? LastSynchronization { get; set; }

    /// <summary>Fragments of the peer's request that is on its way, and of its response to ours (RFC 7383); null until there is one.</summary>
    public FragmentBuffer? RequestFragments { get; set; }

    public FragmentBuffer? ResponseFragments { get; set; }

    /// <summary>Takes the keys, and owns them.</summary>
    public void TakeKeys(IkeSuite suite, IkeKeys keys, IRandom random, ushort incarnation)
    {
        (Suite, Keys) = (suite, keys);
        MessageProtector initiators = MessageProtector.Create(suite, keys.Ei.Span, keys.Ai.Span, random, incarnation);
        MessageProtector responders = MessageProtector.Create(suite, keys.Er.Span, keys.Ar.Span, random, incarnation);
        (Outbound, Inbound) = IsInitiator ? (initiators, responders) : (responders, initiators);
    }

    /// <summary>SPIi and SPIr.</summary>
    public (ulong Initiator, ulong Responder) Spis => IsInitiator ? (LocalSpi, RemoteSpi) : (RemoteSpi, LocalSpi);

    public IkeHeader HeaderFor(ExchangeType exchange, bool isResponse, uint messageId)
    {
        IkeFlags flags = (IsInitiator ? IkeFlags.Initiator : IkeFlags.None) | (isResponse ? IkeFlags.Response : IkeFlags.None);
        return new IkeHeader(Spis.Initiator, Spis.Responder, PayloadType.None, IkeHeader.Version2, exchange, flags, messageId, 0);
    }

    /// <summary>Keeps what a repetition of the request gets (RFC 7296 §2.1).</summary>
    public void KeepResponse(byte[] requestDigest, KeptResponse response)
    {
        LastResponse = response;
        ResponseRepeats = 0;
        LastRequestDigest = requestDigest;
        NextInboundId++;
        Answering = null;
    }

    public void Dispose()
    {
        Keys?.Dispose();
        Outbound?.Dispose();
        Inbound?.Dispose();
        PeerCrashToken = null;
        RequestFragments?.Dispose();
        ResponseFragments?.Dispose();
    }
}

/// <summary>A request of the peer that is being answered, on the IKE SA that it came in. <paramref name="IsEmpty"/>: it asks for a sign of life.</summary>
internal sealed record InboundRequest(IkeSa Sa, IkeHeader Header, byte[] Digest, IkePath Path, bool IsEmpty);

/// <summary>Our last response.</summary>
/// <param name="Header">As it was before protection.</param>
/// <param name="Payloads">Its payloads where it may have to be cut smaller; else empty.</param>
/// <param name="Datagrams">One, or its fragments.</param>
internal sealed record KeptResponse(IkeHeader Header, IReadOnlyList<Payload> Payloads, IReadOnlyList<byte[]> Datagrams);
