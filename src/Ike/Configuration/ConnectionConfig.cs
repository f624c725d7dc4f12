using System.Net;
using Concentrator.Ike.Proposals;

namespace Concentrator.Ike.Configuration;

/// <summary>One connection of the configuration: how to find, talk to and authenticate a peer, and the children it may have.</summary>
public sealed record ConnectionConfig
{
    public required string Name { get; init; }

    /// <summary>Where this gateway may be reached; empty is %any. As initiator the first concrete address is the source.</summary>
    public IReadOnlyList<AddressRange> LocalAddresses { get; init; } = [];

    /// <summary>Where the peer may come from; empty is %any. As initiator the first concrete address is called.</summary>
    public IReadOnlyList<AddressRange> RemoteAddresses { get; init; } = [];

    public ushort LocalPort { get; init; } = 500;

    public ushort RemotePort { get; init; } = 500;

    /// <summary>IKE proposals, numbered from 1, in order of preference; SPIs empty.</summary>
    public required IReadOnlyList<Proposal> Proposals { get; init; }

    public required AuthConfig Local { get; init; }

    public required AuthConfig Remote { get; init; }

    public required IReadOnlyList<ChildConfig> Children { get; init; }

    /// <summary>Always encapsulate ESP in UDP, by pretending a NAT (swanctl.conf <c>encap</c>).</summary>
    public bool ForceEncapsulation { get; init; }

    /// <summary>Liveness check after this much silence of the peer; zero: never (swanctl.conf <c>dpd_delay</c>).</summary>
    public TimeSpan DpdDelay { get; init; }

    /// <summary>When the IKE_SA is rekeyed; zero: never (swanctl.conf <c>rekey_time</c>).</summary>
    public TimeSpan RekeyTime { get; init; } = TimeSpan.FromHours(4);

    /// <summary>How long after <see cref="RekeyTime"/> an IKE_SA that could not be rekeyed is closed (swanctl.conf <c>over_time</c>).</summary>
    public TimeSpan OverTime { get; init; } = TimeSpan.FromMinutes(24);

    /// <summary>The rekeying is brought forward by a random part of this (swanctl.conf <c>rand_time</c>).</summary>
    public TimeSpan RandTime { get; init; } = TimeSpan.FromMinutes(24);

    /// <summary>RFC 4555, as both sides (swanctl.conf <c>mobike</c>).</summary>
    public bool Mobike { get; init; } = true;

    /// <summary>RFC 7383 (swanctl.conf <c>fragmentation</c>).</summary>
    public FragmentationPolicy Fragmentation { get; init; } = FragmentationPolicy.Yes;

    /// <summary>Whether, and when, our certificates are sent (swanctl.conf <c>send_cert</c>).</summary>
    public SendCertificatePolicy SendCertificate { get; init; } = SendCertificatePolicy.IfAsked;

    /// <summary>Ask the peer for certificates of the authorities we trust (swanctl.conf <c>send_certreq</c>).</summary>
    public bool SendCertificateRequest { get; init; } = true;

    /// <summary>How often a failed IKE_SA is tried anew as initiator; 0: for ever (swanctl.conf <c>keyingtries</c>).</summary>
    public int KeyingTries { get; init; } = 1;

    public UniquePolicy Unique { get; init; } = UniquePolicy.No;

    /// <summary>As gateway: names of the pools that the peer's addresses inside the tunnel come from, in this order (swanctl.conf <c>pools</c>).</summary>
    public IReadOnlyList<string> Pools { get; init; } = [];

    /// <summary>As client: the addresses inside the tunnel that the peer is asked for, the unspecified one of a family for any (swanctl.conf <c>vips</c>).</summary>
    public IReadOnlyList<IPAddress> VirtualAddresses { get; init; } = [];

    /// <summary>Where the peer can be called; null when the configuration names no single address.</summary>
    public IPAddress? CallableAddress => RemoteAddresses.FirstOrDefault(range => range.IsSingle)?.Start;

    /// <summary>What it is called from, where the configuration says so: the first single address of the peer's family.</summary>
    public IPAddress? SourceTowards(IPAddress remote) => LocalAddresses.FirstOrDefault(range => range.IsSingle && range.Start.AddressFamily == remote.AddressFamily)?.Start;

    public bool AllowsLocal(IPAddress address) => LocalAddresses.Count == 0 || LocalAddresses.Any(r => r.Contains(address));

    public bool AllowsRemote(IPAddress address) => RemoteAddresses.Count == 0 || RemoteAddresses.Any(r => r.Contains(address));

    public bool IsSameAs(ConnectionConfig other) =>
        IsSameButForChildren(other) && Sameness.AreSame(Children, other.Children, (a, b) => a.IsSameAs(b));

    /// <summary>An IKE SA of the one may have the children of the other.</summary>
    public bool IsSameButForChildren(ConnectionConfig other) =>
        Alone == (other.Alone with { Local = Alone.Local, Remote = Alone.Remote })
        && LocalAddresses.SequenceEqual(other.LocalAddresses)
        && RemoteAddresses.SequenceEqual(other.RemoteAddresses)
        && Sameness.AreSame(Proposals, other.Proposals)
        && Pools.SequenceEqual(other.Pools)
        && VirtualAddresses.SequenceEqual(other.VirtualAddresses)
        && Local.IsSameAs(other.Local)
        && Remote.IsSameAs(other.Remote);

    /// <summary>What records compare by themselves.</summary>
    private ConnectionConfig Alone => this with { LocalAddresses = [], RemoteAddresses = [], Proposals = [], Children = [], Pools = [], VirtualAddresses = [] };
}
