using System.Net;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Crypto;
using Concentrator.Ike.Proposals;
using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Session;

/// <summary>
/// What all IKE SAs of a node share: configuration, randomness, bounds. Immutable but for <see cref="Running"/>; safe from any thread if <see cref="Random"/> is.
/// </summary>
public sealed record SessionContext
{
    /// <summary>What is in force now: connections are found in it, and keys at the moment they are needed.</summary>
    public required GatewayConfig Config
    {
        get => Running.Current;
        init => Running = new RunningConfig(value);
    }

    public RunningConfig Running { get; private init; } = null!;

    public required IRandom Random { get; init; }

    public RetransmitPolicy Retransmit { get; init; } = RetransmitPolicy.Default;

    /// <summary>How long a responder waits for IKE_AUTH, and how long a tombstone repeats its last response.</summary>
    public TimeSpan HalfOpenTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Where an initiator goes on after IKE_SA_INIT when there is a NAT (RFC 7296 §2.23): our port, and the peer's.</summary>
    public ushort LocalNatPort { get; init; } = 4500;

    public ushort RemoteNatPort { get; init; } = 4500;

    /// <summary>Message ids have 32 bits (RFC 7296 §2.2): from this one on, in either direction, the IKE SA is rekeyed.</summary>
    public uint MessageIdLimit { get; init; } = 0xff00_0000;

    /// <summary>ESP of this node has to travel in UDP, whatever is between: as if every connection said <c>encap = yes</c>.</summary>
    public bool ForceEncapsulation { get; init; }

    public BackOff ChildRetry { get; init; } = BackOff.Default;

    /// <summary>A child that was up for as long as this comes again at once when it is lost; one that was not, with back-off.</summary>
    public TimeSpan SteadyAfter { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>When a rekeying that failed is tried again (RFC 7296 §2.25: not at once).</summary>
    public BackOff RekeyRetry { get; init; } = new(TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5));

    /// <summary>How long the peer may take to delete an IKE SA that it has replaced.</summary>
    public TimeSpan ReplacedLifetime { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>How long a replaced child still receives: for what is on its way.</summary>
    public TimeSpan ChildLinger { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long until the peer is believed to have a child that we answered with, when no further request shows it; longer than it repeats its request.</summary>
    public TimeSpan ConfirmationDelay { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the kernel may take to say whether ESP came in; then the peer is asked.</summary>
    public TimeSpan TrafficPatience { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>IP packets of ours that carry IKE are no larger, where the peer knows fragmentation (RFC 7383 §2.5.1: what IPv6 always takes).</summary>
    public int LargestPacket { get; init; } = 1280;

    /// <summary>How long fragments wait for the others.</summary>
    public TimeSpan FragmentLifetime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Makes our tokens of quick crash detection (RFC 6290), from a secret that outlives us; null: we cannot prove a crash, and send none.</summary>
    public CrashTokens? CrashTokens { get; init; }

    /// <summary>A host behind a NAT lets no mapping be idle for longer (RFC 7296 §2.23, RFC 3948 §4); zero: it sends no keepalives.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>As responder of MOBIKE: SAs follow the peer only when it has answered from its new address (RFC 4555 §3.7).</summary>
    public bool ReturnRoutability { get; init; } = true;

    /// <summary>The addresses that we can be reached at now, for MOBIKE.</summary>
    public Func<IReadOnlyList<IPAddress>> LocalAddresses { get; init; } = () => [];

    /// <summary>Whether an address is one that several hosts share: it may be at another for a moment, and an IKE SA at it stays at it.</summary>
    public Func<IPAddress, bool> IsShared { get; init; } = _ => false;

    /// <summary>Which of them the routes would have a packet to this address leave from; null: no route.</summary>
    public Func<IPAddress, IPAddress?> SourceTowards { get; init; } = _ => null;

    /// <summary>Null: nobody is told any key.</summary>
    public IKeyLog? KeyLog { get; init; }

    /// <summary>Message ids are agreed upon anew after a take-over of either side, where the peer knows how too (RFC 6311).</summary>
    public bool SynchronizesMessageIds { get; init; } = true;

    /// <summary>As client: we go where a gateway sends us (RFC 5685).</summary>
    public bool FollowsRedirects { get; init; }

    /// <summary>As gateway: where a client that has just authenticated itself is sent, by its connection and identity; null: it stays.</summary>
    public Func<ConnectionConfig, Identity, GatewayIdentity?> RedirectAtAuth { get; init; } = (_, _) => null;

    /// <summary>Sessions outlive their node: <see cref="Persist"/> is asked for, and ESP keys are kept for it.</summary>
    public bool IsPersistent { get; init; }

    /// <summary>
    /// Message ids are stored exactly, and not agreed upon anew after a take-over, in an IKE SA whose cipher is an AEAD. A peer with IVs that count the message ids, as strongSwan 5.9.8
    /// and its predecessors, has no IV for an answer to RFC 6311's message id 0 once it has answered an earlier one, and destroys the IKE SA without a word.
    /// </summary>
    public bool KeepsIdsExactWithAead { get; init; } = true;

    /// <summary>The largest number of children that one IKE SA may have.</summary>
    public int ChildLimit { get; init; } = 256;

    /// <summary>Whether an algorithm passed its self test and the kernel is not known to refuse it; proposals with others give way.</summary>
    public Func<Transform, bool> IsUsableForIke { get; init; } = _ => true;

    public Func<Transform, bool> IsUsableForEsp { get; init; } = _ => true;
}
