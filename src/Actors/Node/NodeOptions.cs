using System.Net;
using Concentrator.Actors.Clustering;
using Concentrator.Actors.Store;
using Concentrator.Ike.Session;
using Concentrator.Ike.Wire;
using Concentrator.Kernel;

namespace Concentrator.Actors.Node;

/// <summary>What a node is started with, apart from the gateway's configuration. Immutable.</summary>
public sealed record NodeOptions
{
    /// <summary>Addresses to listen on; port <see cref="Port"/> and <see cref="NatPort"/> of each.</summary>
    public IReadOnlyList<IPAddress> ListenAddresses { get; init; } = [IPAddress.Any, IPAddress.IPv6Any];

    /// <summary>IKE; 0: any free one.</summary>
    public ushort Port { get; init; } = 500;

    /// <summary>IKE behind the non-ESP marker, and ESP in UDP (RFC 3948); 0: any free one.</summary>
    public ushort NatPort { get; init; } = 4500;

    /// <summary>The peers' port for NAT traversal.</summary>
    public ushort RemoteNatPort { get; init; } = 4500;

    /// <summary>How it finds the other nodes; alone unless told otherwise.</summary>
    public ClusterNodeOptions Cluster { get; init; } = new();

    /// <summary>Addresses that the cluster serves, each on one of its nodes at a time; the same on every node, but for the links.</summary>
    public IReadOnlyList<ServiceAddress> ServiceAddresses { get; init; } = [];

    /// <summary>Puts them on this host; called on the thread that uses it. Null: rtnetlink.</summary>
    public Func<IServiceAddresses>? OpenServiceAddresses { get; init; }

    public KernelKind Kernel { get; init; } = KernelKind.Auto;

    /// <summary>The kernel chooses inbound SPIs (ALLOCSPI): for hosts that share their XFRM tables with another IKE daemon.</summary>
    public bool KernelAllocatesSpis { get; init; }

    public RetransmitPolicy Retransmit { get; init; } = RetransmitPolicy.Default;

    /// <summary>As client: we go where a gateway sends us (RFC 5685; strongswan.conf <c>charon.follow_redirects</c>).</summary>
    public bool FollowsRedirects { get; init; } = true;

    /// <summary>As gateway: new clients that follow are sent there, without any state; null: they stay.</summary>
    public GatewayIdentity? RedirectNewcomers { get; init; }

    /// <summary>They are sent to a service address of the node that has the fewest IKE SAs, while this one has clearly more.</summary>
    public bool BalancesNewcomers { get; init; }

    /// <summary>How often a connection that keeps failing is called again.</summary>
    public BackOff ConnectionRetry { get; init; } = BackOff.Default;

    /// <summary>How often a child that keeps being refused is tried again.</summary>
    public BackOff ChildRetry { get; init; } = BackOff.Default;

    public TimeSpan HalfOpenTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a child that was replaced still receives what is on its way.</summary>
    public TimeSpan ChildLinger { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Behind a NAT no mapping is idle for longer; zero: no keepalives (strongSwan's <c>charon.keep_alive</c>).</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>A peer that moves has to answer from its new address before its SAs follow (RFC 4555 §3.7).</summary>
    public bool ReturnRoutability { get; init; } = true;

    /// <summary>Who tells of our addresses and routes; null: the host, watched over rtnetlink. Stays the caller's.</summary>
    public IAddressSource? Addresses { get; init; }

    /// <summary>The link that addresses inside tunnels are added to; null: the one that the IKE SA's own address is on (strongSwan's <c>charon.install_virtual_ip_on</c>).</summary>
    public string? VirtualAddressDevice { get; init; }

    public HalfOpenLimits HalfOpen { get; init; } = new();

    /// <summary>The largest number of children that one IKE SA may have.</summary>
    public int ChildLimit { get; init; } = 256;

    /// <summary>How long one request to the kernel may take, waiting included.</summary>
    public TimeSpan KernelDeadline { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often the algorithms are probed again while some are refused, and quarantined leftovers are taken up again.</summary>
    public TimeSpan KernelProbePeriod { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Where the secret of quick crash detection (RFC 6290) lies; made there, readable by its owner alone, when there is none. Null: peers are not told that
    /// this node has forgotten them; that they have forgotten it is understood all the same.
    /// </summary>
    public string? QcdSecretFile { get; init; }

    /// <summary>Is told the keys of all SAs; null: nobody is. Stays the caller's.</summary>
    public IKeyLog? KeyLog { get; init; }

    /// <summary>How long a script that is run when a tunnel comes or goes may take; then it is killed.</summary>
    public TimeSpan UpdownTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often the kernel is held against what the node owns. What a killed node left goes within the first period of the next.</summary>
    public TimeSpan ReconcilePeriod { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Where sessions outlive the node; null: nowhere.</summary>
    public StoreOptions? Store { get; init; }

    /// <summary>How many sessions that were taken over speak to their peers in a second at most: the others wait, while their SAs carry traffic.</summary>
    public int WakeRate { get; init; } = 10_000;

    /// <summary>How often is looked how far SAs have come, where sessions are stored.</summary>
    public TimeSpan SamplePeriod { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>A node that stops hands over what it has, instead of closing it. Where nobody can have it, it is left as it is stored.</summary>
    public bool DrainOnStop { get; init; }

    /// <summary>How long that may take.</summary>
    public TimeSpan DrainPatience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a stopping node waits for its peers to answer their Deletes.</summary>
    public TimeSpan CloseGrace { get; init; } = TimeSpan.FromSeconds(2.5);
}

/// <summary>Bounds on IKE SAs that nobody has authenticated yet; 0 turns one off. The names are strongSwan's.</summary>
public sealed record HalfOpenLimits
{
    /// <summary>From this many on, a peer must return a cookie first (RFC 7296 §2.6).</summary>
    public int CookieThreshold { get; init; } = 30;

    /// <summary>The same for one address.</summary>
    public int CookieThresholdPerAddress { get; init; }

    /// <summary>From this many of one address on, its requests are dropped.</summary>
    public int BlockThreshold { get; init; } = 1000;

    /// <summary>From this many in all on, every new request is dropped.</summary>
    public int InitLimit { get; init; }
}
