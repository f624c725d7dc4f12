using Concentrator.Ike.Crypto;
using Concentrator.Ike.Proposals;
using Concentrator.Ike.Selectors;

namespace Concentrator.Ike.Session;

/// <summary>What the IKE SA itself must know of a child: where its negotiation stands. The SAs are the CHILD_SA actor's.</summary>
internal sealed class Child(ChildPlan plan) : IDisposable
{
    public ChildPlan Plan { get; } = plan;

    public ChildPhase Phase { get; set; } = ChildPhase.ReservingSpi;

    /// <summary>What we receive on; 0 until reserved.</summary>
    public uint InboundSpi { get; set; }

    /// <summary>What the peer receives on; 0 until it has said so.</summary>
    public uint PeerSpi { get; set; }

    /// <summary>What was offered, with our SPI: the answer must be a choice from it (RFC 7296 §3.3.6).</summary>
    public IReadOnlyList<Proposal> Offered { get; set; } = [];

    public IReadOnlyList<TrafficSelector> LocalOffer { get; set; } = [];

    public IReadOnlyList<TrafficSelector> RemoteOffer { get; set; } = [];

    /// <summary>Our nonce of CREATE_CHILD_SA; IKE_AUTH uses those of IKE_SA_INIT.</summary>
    public byte[] Nonce { get; set; } = [];

    /// <summary>Of both nonces the lower: it decides between two rekeyings at once (RFC 7296 §2.8.1).</summary>
    public byte[] LowestNonce { get; set; } = [];

    public IKeyExchange? KeyExchange { get; set; }

    /// <summary>The peer asked for it in the place of another, which goes on sending until the peer is known to be ready.</summary>
    public bool IsHeld { get; set; }

    /// <summary>We answered with it on this IKE SA, and nothing shows yet that the peer has the answer. Null: it is known there.</summary>
    public IkeSa? UnconfirmedOn { get; set; }

    /// <summary>Our request to rekey or delete left while what it names was unconfirmed: the peer may say that it does not know it.</summary>
    public bool IsPremature { get; set; }

    /// <summary>How often the peer said so.</summary>
    public int Denials { get; set; }

    /// <summary>The kernel is asked to send through it.</summary>
    public bool IsActivating { get; set; }

    /// <summary>Another has taken its place: it does not send any more.</summary>
    public bool IsSuperseded { get; set; }

    /// <summary>The peer closed it.</summary>
    public bool IsDeletedByPeer { get; set; }

    /// <summary>It was not closed by anybody's wish: it is brought up anew where it is wanted.</summary>
    public bool IsLost { get; set; }

    /// <summary>When the kernel had it.</summary>
    public TimeSpan InstalledAt { get; set; }

    /// <summary>Its packets when the kernel was last asked.</summary>
    public PacketCount Packets { get; set; }

    /// <summary>The timers that were armed for it; the few that there are, in a list that is small.</summary>
    public List<TimerKind> Timers { get; } = new(2);

    /// <summary>The kernel refused it: the CHILD_SA actor has cleaned up and is no more.</summary>
    public bool OwnerIsGone { get; set; }

    /// <summary>What was negotiated, with a copy of the keys; null until then, and where no session outlives its node.</summary>
    public ChildSaParameters? Parameters { get; set; }

    /// <summary>Its actor has the keys of its plan.</summary>
    public bool IsStarted { get; set; }

    /// <summary>It was restored, and its configuration is no more.</summary>
    public bool IsUnconfigured { get; init; }

    /// <summary>It was restored, and the answer about it may never have left.</summary>
    public bool IsDoubtful { get; set; }

    /// <summary>It was taken over as it was about to be installed.</summary>
    public bool CameUnfinished { get; set; }

    /// <summary>How often the peer asked for another key exchange method.</summary>
    public int Restarts { get; set; }

    public void Dispose()
    {
        KeyExchange?.Dispose();
        Parameters?.Keys.Dispose();
        if (!IsStarted) Plan.Restored?.Parameters?.Keys.Dispose();
    }
}

/// <summary>Where a child is in its negotiation. The numbers are stored: none is ever used for something else.</summary>
public enum ChildPhase
{
    /// <summary>Initiator: the kernel is asked for an SPI.</summary>
    ReservingSpi,

    /// <summary>Initiator: the request waits for its turn or its response.</summary>
    Requested,

    /// <summary>The kernel is asked to install both SAs and their policies.</summary>
    Installing,

    Installed,

    /// <summary>Our Delete is on its way.</summary>
    Deleting,

    /// <summary>Deleted on both sides; what the peer sent before is still received.</summary>
    Lingering,

    /// <summary>The kernel is asked to remove it; then it is gone.</summary>
    Removing,
}
