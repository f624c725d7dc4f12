using Concentrator.Ike.Proposals;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Selectors;

namespace Concentrator.Ike.Session.State;

/// <summary>A child as the IKE SA knows it. One that the peer is being answered about, or of which nothing but the kernel is awaited, is in no state: it is made anew, or gone.</summary>
public sealed record ChildState : IDisposable
{
    public required uint ChildId { get; init; }

    /// <summary>The name of its configuration.</summary>
    public required string Config { get; init; }

    public required bool IsInitiator { get; init; }

    public required ExchangeType Exchange { get; init; }

    /// <summary>The child that this one replaces, if any.</summary>
    public uint? RekeyOf { get; init; }

    /// <summary>Requested, Installing, Installed, Deleting or Lingering.</summary>
    public required ChildPhase Phase { get; init; }

    public required uint InboundSpi { get; init; }

    /// <summary>What the peer receives on; 0 until it has said so.</summary>
    public uint PeerSpi { get; init; }

    /// <summary>What was negotiated, with the ESP keys; null until then, and where nothing of it is in the kernel.</summary>
    public ChildSaParameters? Parameters { get; init; }

    /// <summary>What was asked for, or is going to be, as long as the response is awaited; null from then on.</summary>
    public OfferState? Offer { get; init; }

    /// <summary>How long it has been installed.</summary>
    public TimeSpan Age { get; init; }

    /// <summary>It waits to send until the peer is known to have it.</summary>
    public bool IsHeld { get; init; }

    /// <summary>Our answer about it left on the IKE SA of this generation, and nothing shows yet that the peer has it.</summary>
    public byte? UnconfirmedOn { get; init; }

    /// <summary>Our request about it left while that was so.</summary>
    public bool IsPremature { get; init; }

    public int Denials { get; init; }

    /// <summary>How often it could not be rekeyed.</summary>
    public int FailedRekeys { get; init; }

    /// <summary>Another has taken its place: it sends no more.</summary>
    public bool IsSuperseded { get; init; }

    public bool IsDeletedByPeer { get; init; }

    /// <summary>It is brought up anew where it is wanted.</summary>
    public bool IsLost { get; init; }

    /// <summary>Of both nonces the lower (RFC 7296 §2.8.1).</summary>
    public ReadOnlyMemory<byte> LowestNonce { get; init; }

    /// <summary>Zeroes the keys.</summary>
    public void Dispose()
    {
        Parameters?.Keys.Dispose();
        Offer?.Dispose();
    }
}

/// <summary>What the answer to a CREATE_CHILD_SA request will be held against. Without a key exchange of its own <see cref="KeyExchange"/> is null.</summary>
public sealed record OfferState(
    IReadOnlyList<Proposal> Proposals,
    IReadOnlyList<TrafficSelector> Local,
    IReadOnlyList<TrafficSelector> Remote,
    ReadOnlyMemory<byte> Nonce,
    KeyExchangeState? KeyExchange,
    int Restarts) : IDisposable
{
    public void Dispose() => KeyExchange?.Dispose();
}
