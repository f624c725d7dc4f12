using Concentrator.Ike.Crypto;
using Concentrator.Ike.Proposals;
using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Session.State;

/// <summary>One IKE SA of a lineage: SPIs, keys, and both message windows.</summary>
public sealed record GenerationState : IDisposable
{
    public required ulong LocalSpi { get; init; }

    public required ulong RemoteSpi { get; init; }

    /// <summary>We sent the request that made it: the I flag.</summary>
    public required bool IsInitiator { get; init; }

    public required IkeSuite Suite { get; init; }

    public required IkeKeys Keys { get; init; }

    /// <summary>Of our next request.</summary>
    public uint NextOutboundId { get; init; }

    /// <summary>Of the peer's next request.</summary>
    public uint NextInboundId { get; init; }

    /// <summary>Message ids were agreed upon anew by a message of the peer's that said that its requests begin here (RFC 6311); null: never.</summary>
    public uint? SynchronizedAt { get; init; }

    /// <summary>Our request that waits for its response; null without one.</summary>
    public OutstandingState? Outstanding { get; init; }

    /// <summary>What a repetition of the peer's last request gets; null before the first.</summary>
    public ResponseState? LastResponse { get; init; }

    /// <summary>Who shows this is the peer, and has lost this IKE SA (RFC 6290); null where it gave none.</summary>
    public Secret? PeerCrashToken { get; init; }

    public void Dispose()
    {
        Keys.Dispose();
        PeerCrashToken?.Dispose();
    }
}

/// <summary>Our last response, octet by octet, and SHA-256 of the request that it answers.</summary>
public sealed record ResponseState(ExchangeType Exchange, uint MessageId, ReadOnlyMemory<byte> RequestDigest, IReadOnlyList<ReadOnlyMemory<byte>> Datagrams);

/// <summary>A request of ours on its way, octet by octet. <see cref="Summary"/> is for people.</summary>
public sealed record OutstandingState(RequestState Request, uint MessageId, IReadOnlyList<ReadOnlyMemory<byte>> Datagrams, string Summary);

/// <summary>Our rekeying of the IKE SA: what its answer will be held against. <see cref="KeyExchange"/> is null until the request has been made.</summary>
public sealed record IkeRekeyState(
    ulong LocalSpi, bool IsSent, ReadOnlyMemory<byte> Nonce, KeyExchangeState? KeyExchange, IReadOnlyList<Proposal> Offered, int Restarts) : IDisposable
{
    public void Dispose() => KeyExchange?.Dispose();
}

/// <summary>The IKE SA that the peer's rekeying has made, and the lower of its two nonces: it decides against ours (RFC 7296 §2.8.1).</summary>
public sealed record PeerRekeyState(GenerationState Made, ReadOnlyMemory<byte> LowestNonce) : IDisposable
{
    public void Dispose() => Made.Dispose();
}

/// <summary>A key exchange that we have begun.</summary>
public sealed record KeyExchangeState(KeyExchangeMethod Method, Secret PrivateValue) : IDisposable
{
    public void Dispose() => PrivateValue.Dispose();
}
