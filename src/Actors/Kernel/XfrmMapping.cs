using System.Diagnostics.CodeAnalysis;
using System.Net;
using Concentrator.Ike;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Crypto;
using Concentrator.Ike.Proposals;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Selectors;
using Concentrator.Ike.Session;
using Concentrator.Kernel;

namespace Concentrator.Actors.Kernel;

/// <summary>
/// Says in XFRM's words what IKE negotiated: which key protects which direction, which prefixes and ports the selectors are. What XFRM
/// has no words for gives a refusal, as if the kernel had said it.
/// </summary>
internal static class XfrmMapping
{
    /// <summary>More prefixes than this in one child are refused: a range was cut badly.</summary>
    private const int MostSelectors = 64;
    private const byte Icmp = 1;
    private const byte Icmpv6 = 58;

    public static XfrmMode ModeOf(ChildMode mode) => mode == ChildMode.Transport ? XfrmMode.Transport : XfrmMode.Tunnel;

    /// <summary>The keys are copied into the result, whose installation zeroes them; those in <paramref name="request"/> stay the caller's.</summary>
    public static bool TryMap(InstallSas request, string owner, [NotNullWhen(true)] out ChildSaSpec? spec, [NotNullWhen(false)] out Refusal? refusal)
    {
        spec = null;
        ChildSaParameters parameters = request.Parameters;
        if (SelectorsOf(parameters.Local, parameters.Remote) is not { } selectors)
        {
            refusal = Inexpressible();
            return false;
        }

        if (!CanExpress(parameters.Suite))
        {
            refusal = new Refusal(
                XfrmStep.InboundSa, Errno.ENOSYS, "", "this program knows no XFRM name for the algorithm: propose another", RefusalCause.Permanent, parameters.Suite.ToString());
            return false;
        }

        refusal = null;
        SaSpec inbound = SaOf(request, XfrmDirection.In, selectors);
        SaSpec outbound = SaOf(request, XfrmDirection.Out, selectors);
        spec = new ChildSaSpec(owner, inbound, outbound, selectors);
        return true;
    }

    /// <summary>The policies of a trap. Addresses of the tunnel stand for <c>dynamic</c> selectors.</summary>
    public static bool TryMap(TrapPlan trap, string owner, [NotNullWhen(true)] out TrapSpec? spec, [NotNullWhen(false)] out Refusal? refusal)
    {
        List<XfrmSelector>? selectors = SelectorsOf(
            [.. trap.Child.LocalSelectors.Select(s => s.Resolve(trap.Local))], [.. trap.Child.RemoteSelectors.Select(s => s.Resolve(trap.Remote))]);
        spec = selectors is null ? null : new TrapSpec(owner, trap.Local, trap.Remote, ModeOf(trap.Child.Mode), trap.ReqId, selectors);
        refusal = spec is null ? Inexpressible() : null;
        return spec is not null;
    }

    /// <summary>The selectors of the one packet that sprang a trap, in IKE's words. ICMP's type and code stand on both sides (RFC 7296 §3.13.1).</summary>
    public static PacketSelectors PacketOf(XfrmSelector packet)
    {
        bool isIcmp = packet.Protocol is 1 or 58;
        ushort typeAndCode = (ushort)(packet.SourcePort << 8 | (packet.DestinationPort & 0xff));
        return new PacketSelectors(
            SelectorOf(packet.Source, packet.Protocol, isIcmp ? typeAndCode : packet.SourcePort, isIcmp ? ushort.MaxValue : packet.SourcePortMask),
            SelectorOf(packet.Destination, packet.Protocol, isIcmp ? typeAndCode : packet.DestinationPort, isIcmp ? ushort.MaxValue : packet.DestinationPortMask));
    }

    /// <summary>A packet without ports, as of a protocol that has none or of a fragment, is for all of them.</summary>
    private static TrafficSelector SelectorOf(IPNetwork host, byte protocol, ushort port, ushort mask) => mask == 0 || port == 0
        ? new TrafficSelector(host.BaseAddress, host.BaseAddress, protocol, 0, ushort.MaxValue)
        : new TrafficSelector(host.BaseAddress, host.BaseAddress, protocol, port, port);

    private static Refusal Inexpressible() => new(
        XfrmStep.OutboundPolicy, Errno.EINVAL, "", "XFRM cannot express these traffic selectors: use prefixes, and single ports", RefusalCause.Policy, "");

    /// <summary>An algorithm of ESP that has a name in XFRM, alone or with a partner.</summary>
    public static bool CanExpress(Transform transform) => transform.Type switch
    {
        TransformType.Encryption => (EncryptionId)transform.Id is EncryptionId.AesGcm16 or EncryptionId.ChaCha20Poly1305 or EncryptionId.AesCbc,
        TransformType.Integrity => (IntegrityId)transform.Id
            is IntegrityId.None or IntegrityId.HmacSha256_128 or IntegrityId.HmacSha384_192 or IntegrityId.HmacSha512_256,
        _ => true,
    };

    private static bool CanExpress(EspSuite suite) =>
        CanExpress(new Transform(TransformType.Encryption, (ushort)suite.Encryption, suite.KeyLength))
        && CanExpress(new Transform(TransformType.Integrity, (ushort)suite.Integrity))
        && (suite.Encryption != EncryptionId.AesCbc || suite.Integrity != IntegrityId.None);

    private static SaSpec SaOf(InstallSas request, XfrmDirection direction, List<XfrmSelector> selectors)
    {
        ChildSaParameters parameters = request.Parameters;
        bool isOut = direction == XfrmDirection.Out;
        IPEndPoint source = isOut ? parameters.LocalEndpoint : parameters.RemoteEndpoint;
        IPEndPoint destination = isOut ? parameters.RemoteEndpoint : parameters.LocalEndpoint;
        return new SaSpec
        {
            Source = source.Address,
            Destination = destination.Address,
            Spi = isOut ? parameters.PeerSpi : request.InboundSpi,
            Mode = ModeOf(parameters.Mode),
            Direction = direction,
            ReqId = request.ReqId,
            // RFC 7296 §2.17: the initiator's keys protect what the initiator of the exchange sends.
            Algorithms = AlgorithmsOf(parameters, isOut == parameters.KeysAreInitiators),
            Encapsulation = parameters.UdpEncapsulation ? new UdpEncapsulation((ushort)source.Port, (ushort)destination.Port) : null,
            ReplayWindow = isOut ? 0 : request.Config.ReplayWindow,
            Lifetime = LifetimeOf(parameters.Limits),
            ExtendedSequenceNumbers = parameters.Suite.ExtendedSequenceNumbers,
            Selector = parameters.Mode == ChildMode.Transport ? HostsOf(selectors, isOut) : null,
        };
    }

    private static SaLifetime LifetimeOf(ChildLimits limits) => new(
        limits.SoftBytes, limits.HardBytes, limits.SoftPackets, limits.HardPackets, HardSeconds: (ulong)Math.Ceiling(limits.HardTime.TotalSeconds));

    private static EspAlgorithms AlgorithmsOf(ChildSaParameters parameters, bool initiators)
    {
        ChildKeys keys = parameters.Keys;
        byte[] encryption = Octets(initiators ? keys.EncryptionInitiator : keys.EncryptionResponder);
        if (parameters.Suite.Encryption == EncryptionId.AesGcm16) return EspAlgorithms.AesGcm16(encryption);
        if (parameters.Suite.Encryption == EncryptionId.ChaCha20Poly1305) return EspAlgorithms.ChaCha20Poly1305(encryption);
        byte[] integrity = Octets(initiators ? keys.IntegrityInitiator : keys.IntegrityResponder);
        return EspAlgorithms.AesCbc(encryption, parameters.Suite.Integrity switch
        {
            IntegrityId.HmacSha256_128 => EspAlgorithms.HmacSha256(integrity),
            IntegrityId.HmacSha384_192 => EspAlgorithms.HmacSha384(integrity),
            _ => EspAlgorithms.HmacSha512(integrity),
        });
    }

    private static byte[] Octets(Secret secret) => secret.Span.ToArray();

    /// <summary>RFC 7296 §3.13: the selectors of both sides form a cross product. Null when XFRM cannot say it.</summary>
    private static List<XfrmSelector>? SelectorsOf(IReadOnlyList<TrafficSelector> ours, IReadOnlyList<TrafficSelector> theirs)
    {
        List<XfrmSelector> selectors = [];
        foreach (TrafficSelector local in ours)
        {
            foreach (TrafficSelector remote in theirs)
            {
                if (local.Type != remote.Type || (local.Protocol != 0 && remote.Protocol != 0 && local.Protocol != remote.Protocol)) continue;
                byte protocol = Math.Max(local.Protocol, remote.Protocol);
                if (PortsOf(local, remote, protocol) is not { } ports) return null;
                selectors.AddRange(
                    from source in local.ToNetworks()
                    from destination in remote.ToNetworks()
                    select new XfrmSelector(source, destination, protocol, ports.Source, ports.SourceMask, ports.Destination, ports.DestinationMask));
                if (selectors.Count > MostSelectors) return null;
            }
        }

        return selectors.Count > 0 ? selectors : null;
    }

    /// <summary>Null: XFRM has no way to say it.</summary>
    private static (ushort Source, ushort SourceMask, ushort Destination, ushort DestinationMask)? PortsOf(TrafficSelector local, TrafficSelector remote, byte protocol)
    {
        if (protocol is Icmp or Icmpv6) return TypeAndCodeOf(local, remote);
        if (!TryPorts(local, out ushort localPort, out ushort localMask) || !TryPorts(remote, out ushort remotePort, out ushort remoteMask)) return null;
        return (localPort, localMask, remotePort, remoteMask);
    }

    /// <summary>
    /// For ICMP IKE has type and code as one number, in either selector or in both (RFC 7296 §3.13.1); XFRM has the type where the source port is and the code
    /// where the destination port is (include/net/xfrm.h).
    /// </summary>
    private static (ushort Type, ushort TypeMask, ushort Code, ushort CodeMask)? TypeAndCodeOf(TrafficSelector local, TrafficSelector remote)
    {
        TrafficSelector named = IsAnyPort(local) ? remote : local;
        if (IsAnyPort(named)) return (0, 0, 0, 0);
        if (!IsAnyPort(remote) && (remote.StartPort, remote.EndPort) != (named.StartPort, named.EndPort)) return null;
        (ushort type, ushort code) = ((ushort)(named.StartPort >> 8), (ushort)(named.StartPort & 0xff));
        if (named.StartPort == named.EndPort) return (type, ushort.MaxValue, code, ushort.MaxValue);
        return code == 0 && named.EndPort == (named.StartPort | 0xff) ? (type, ushort.MaxValue, (ushort)0, (ushort)0) : null;
    }

    private static bool IsAnyPort(TrafficSelector selector) => selector.StartPort == 0 && selector.EndPort == ushort.MaxValue;

    /// <summary>All ports, one, or a block whose size is a power of two and whose start is a multiple of it.</summary>
    private static bool TryPorts(TrafficSelector selector, out ushort port, out ushort mask)
    {
        int size = selector.EndPort - selector.StartPort + 1;
        port = selector.StartPort;
        mask = (ushort)~(size - 1);
        return size > 0 && int.IsPow2(size) && selector.StartPort % size == 0;
    }

    /// <summary>
    /// A transport mode SA carries all traffic of its child, so it names what all selectors share: the hosts. Which protocols and ports,
    /// the policies say. Null: they do not even share hosts.
    /// </summary>
    private static XfrmSelector? HostsOf(List<XfrmSelector> selectors, bool isOut)
    {
        (IPNetwork local, IPNetwork remote) = (selectors[0].Source, selectors[0].Destination);
        if (selectors.Any(selector => selector.Source != local || selector.Destination != remote)) return null;
        return isOut ? new XfrmSelector(local, remote) : new XfrmSelector(remote, local);
    }
}
