using System.Net;
using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Session.State;

/// <summary>
/// An established IKE SA as data: what another node needs to go on with it without the peer noticing, and no more. Made by <see cref="IkeSession.Export"/>, made
/// into an equal session by <see cref="IkeSession.Restore"/>. Immutable; its keys are its own, copied on both ways, and zeroed by whoever holds it with
/// <see cref="Dispose"/>. All times are spans up to the moment of the export. The configuration is named, not held.
/// </summary>
public sealed record SessionState : IDisposable
{
    /// <summary>The connection's name.</summary>
    public required string Connection { get; init; }

    /// <summary>We sent the IKE_SA_INIT request of the lineage.</summary>
    public required bool IsInitiator { get; init; }

    public required Identity LocalIdentity { get; init; }

    public required Identity RemoteIdentity { get; init; }

    /// <summary>Where requests of ours go.</summary>
    public required IkePath Path { get; init; }

    /// <summary>Where ESP goes when that is another way; null: the same.</summary>
    public IkePath? EspPath { get; init; }

    /// <summary>The IKE SA in use.</summary>
    public required GenerationState Current { get; init; }

    /// <summary>Those that were replaced, or lost a collision: a Delete, or the repetition of a last response, is still awaited.</summary>
    public IReadOnlyList<GenerationState> Replaced { get; init; } = [];

    /// <summary>The low octet of our SPI that was given out last.</summary>
    public byte LastGeneration { get; init; }

    /// <summary>How long the IKE SA in use has lived.</summary>
    public TimeSpan Age { get; init; }

    /// <summary>Our own rekeying of the IKE SA that is under way; null without one.</summary>
    public IkeRekeyState? Rekey { get; init; }

    /// <summary>The peer's, which we have answered while ours is on its way; null without one.</summary>
    public PeerRekeyState? RekeyByPeer { get; init; }

    public int FailedRekeys { get; init; }

    /// <summary>A Delete of ours for the IKE SA is on its way, or waits for its turn: why; null: no.</summary>
    public EndReason? Closing { get; init; }

    public IReadOnlyList<ChildState> Children { get; init; } = [];

    /// <summary>The last one given out: a child's id is never used again in a lineage.</summary>
    public uint LastChildId { get; init; }

    /// <summary>Children that are to be up, by the names of their configurations, in order.</summary>
    public IReadOnlyList<string> Wanted { get; init; } = [];

    /// <summary>Attempts in vain at the wanted ones.</summary>
    public IReadOnlyDictionary<string, int> FailedAttempts { get; init; } = new Dictionary<string, int>();

    /// <summary>Requests that wait for their turn.</summary>
    public IReadOnlyList<RequestState> Waiting { get; init; } = [];

    /// <summary>Addresses of our pools that the peer has inside the tunnel.</summary>
    public IReadOnlyList<IPAddress> PeerAddresses { get; init; } = [];

    /// <summary>They, or others that are still being asked for, are leased for this lineage.</summary>
    public bool HoldsLease { get; init; }

    /// <summary>Addresses inside the tunnel that the peer has given us.</summary>
    public IReadOnlyList<IPAddress> VirtualAddresses { get; init; } = [];

    public required PeerState Peer { get; init; }

    /// <summary>Zeroes all keys.</summary>
    public void Dispose()
    {
        Current.Dispose();
        foreach (GenerationState replaced in Replaced) replaced.Dispose();
        Rekey?.Dispose();
        RekeyByPeer?.Dispose();
        foreach (ChildState child in Children) child.Dispose();
    }
}

/// <summary>What the peer has announced, what lies between it and us, and what each has told the other of its addresses.</summary>
public sealed record PeerState
{
    /// <summary>Both know RFC 7383; then packets of this many octets pass.</summary>
    public bool Fragmentation { get; init; }

    public int LargestPacket { get; init; }

    /// <summary>Both know RFC 4555.</summary>
    public bool Mobike { get; init; }

    /// <summary>Both know RFC 6311: message ids are agreed upon anew after a take-over.</summary>
    public bool SynchronizesIds { get; init; }

    /// <summary>It follows a REDIRECT (RFC 5685).</summary>
    public bool FollowsRedirect { get; init; }

    /// <summary>It has told its view of the addresses in IKE_SA_INIT (RFC 7296 §2.23).</summary>
    public bool KnowsNat { get; init; }

    public bool IsBehindNat { get; init; }

    public bool WeAreBehindNat { get; init; }

    /// <summary>The hash of what it sees as our address; empty: it has not said.</summary>
    public ReadOnlyMemory<byte> SeesUsAt { get; init; }

    /// <summary>Its addresses beside the one in use.</summary>
    public IReadOnlyList<IPAddress> Addresses { get; init; } = [];

    /// <summary>Ours, as it was last told.</summary>
    public IReadOnlyList<IPAddress> Told { get; init; } = [];

    /// <summary>Of the last UPDATE_SA_ADDRESSES that we wanted.</summary>
    public uint UpdateNumber { get; init; }
}
