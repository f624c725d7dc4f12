using System.Net;
using Akka.Actor;
using Concentrator.Actors.ChildSa;
using Concentrator.Actors.Clustering.Addresses;
using Concentrator.Actors.Connections;
using Concentrator.Actors.Draining;
using Concentrator.Actors.IkeSa;
using Concentrator.Actors.Kernel;
using Concentrator.Actors.Node;
using Concentrator.Actors.Placement;
using Concentrator.Actors.Routing;
using Concentrator.Actors.Transport;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Proposals;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Selectors;
using Concentrator.Ike.Session;
using Concentrator.Ike.Wire;
using Concentrator.Kernel;

namespace Concentrator.Actors.Tests.Messages;

/// <summary>At least one of everything that crosses between nodes, with no field at its default. The names are those of the frozen files.</summary>
internal static class MessageSamples
{
    private static readonly SessionId Session = new(0x2a_1234_5678_9abc);
    private static readonly IkePath Path = new(new IPEndPoint(IPAddress.Parse("192.0.2.1"), 4500), new IPEndPoint(IPAddress.Parse("2001:db8::2"), 1024), NonEspMarker: true);

    public static IReadOnlyList<(string Name, object Message)> All(NodeContext node) =>
    [
        ("dg-datagram", Datagram(node)),
        ("wk-wake", new WakeShard(200)),
        ("ar-report", new AddressReport("192.0.2.11:4700#1", 2, 3, [IPAddress.Parse("192.0.2.101"), IPAddress.Parse("2001:db8::101")], [IPAddress.Parse("192.0.2.101")], TimeSpan.FromSeconds(4))),
        ("ag-grant", new AddressGrant("192.0.2.12:4700#5", 6, 7, IsDecided: true, [IPAddress.Parse("192.0.2.101")], new Dictionary<IPAddress, string> { [IPAddress.Parse("2001:db8::101")] = "192.0.2.11:4700#1" })),
        ("ar-hands-over", new AddressReport("192.0.2.11:4700#1", 2, 3, [IPAddress.Parse("192.0.2.101")], [IPAddress.Parse("192.0.2.101")], TimeSpan.FromSeconds(4)) { HandsOver = true }),
        ("ag-successors", new AddressGrant("192.0.2.12:4700#5", 6, 7, IsDecided: true, [IPAddress.Parse("192.0.2.101")], new Dictionary<IPAddress, string> { [IPAddress.Parse("192.0.2.101")] = "192.0.2.11:4700#1" })
        {
            Successors = new Dictionary<IPAddress, string> { [IPAddress.Parse("192.0.2.101")] = "192.0.2.12:4700#5" },
        }),
        ("ag-heirs", new AddressGrant("192.0.2.12:4700#5", 6, 7, IsDecided: true, [IPAddress.Parse("192.0.2.101")], new Dictionary<IPAddress, string> { [IPAddress.Parse("192.0.2.101")] = "192.0.2.11:4700#1" })
        {
            Heirs = new Dictionary<IPAddress, string> { [IPAddress.Parse("192.0.2.102")] = "192.0.2.13:4700#2" },
        }),
        ("af-freed", new AddressFreed(IPAddress.Parse("2001:db8::101"))),
        ("hq-prepare", new PrepareSessions([Session, new SessionId(1)])),
        ("hr-prepared", new SessionsPrepared(2, 1, "the session store cannot be had")),
        ("dq-drain", new DrainNode(new DrainWish { Undo = true, Force = true, Patience = TimeSpan.FromSeconds(9), RedirectTo = GatewayIdentity.Parse("gw.example.org") })),
        ("dr-drained", new NodeDrained(new DrainOutcome(true, "8 IKE_SAs handed over, 1 are left", 8, 1))),
        ("ns-status", Status()),
        ("uq-claim", new IdentityClaim(Session, Identity.Parse("sun.example.org"), Identity.FromAddress(IPAddress.Parse("192.0.2.7")), UniquePolicy.Replace, true, 1_700_000_000_123, IsResumed: true)),
        ("tx-transmit", new TransmitHere(Path, new byte[] { 1, 2, 3 })),
        ("tx-keepalive", new TransmitHere(Path, default)),
        ("kc-count", new CountPackets(new Dictionary<uint, IActorRef> { [3] = ActorRefs.Nobody }, TimeSpan.MaxValue)),
        ("kn-counted", new TrafficCounted(new Dictionary<uint, PacketCount> { [3] = new(5, 6) })),
        .. Requests().Select(request => ($"kq-{request.GetType().Name}", (object)(request with { User = User }))),
        .. Replies().Select(reply => ($"kr-{reply.GetType().Name}", (object)reply)),
        ("lq-list", new ListIkeSas(7, 100, WithTraffic: true)),
        ("lr-listed", Listed(isTurned: false)),
        ("lr-turned", Listed(isTurned: true)),
        ("kt-lost", new SaLost(0xc0000001)),
        ("kt-expires-soon", new SaExpiresSoon(0xc0000002)),
        ("kt-mapped", new SaMapped(0xc0000003, Path.Remote)),
        .. Inputs().Select(input => ($"in-{input.GetType().Name}", (object)new DeliverInput(Session, input))),
    ];

    private static IEnumerable<SessionInput> Inputs() =>
    [
        new Close(EndReason.DeletedByUs),
        new Abandon(EndReason.Replaced),
        new RekeyIkeSa(),
        new InitiateChild("net"),
        new RekeyChild(7),
        new CloseChild(8),
        new StrayPacket(0xc0ffee01),
        new RedirectPeer(GatewayIdentity.Of(IPAddress.Parse("2001:db8::9"))),
        new ServeTraffic("net", new PacketSelectors(TrafficSelector.Parse("10.1.0.1/32[tcp/80]"), TrafficSelector.Parse("10.2.0.1/32"))),
    ];

    private static NodeStatus Status()
    {
        int[] byShard = new int[SessionId.ShardCount];
        (byShard[3], byShard[255]) = (7, 1);
        return new NodeStatus("192.0.2.11:4700", DrainState.Draining, 8, 9, TimeSpan.FromMilliseconds(12_345), 2, 1 << 28, LocalShards.Of([3, 255]), byShard);
    }

    private static IkeSasListed Listed(bool isTurned)
    {
        DateTimeOffset when = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_123);
        TrafficSelector net = TrafficSelector.Parse("10.1.0.0/24[tcp/80]");
        ChildSaSnapshot child = new(3, "net", 4, ChildSaState.Rekeyed, 0xc0000001, 0xc0000002)
        {
            Details = new ChildSaDetails(Samples.Cbc, IsTransport: true, IsEncapsulated: true, 7, [net], [net], when, when.AddSeconds(1)),
        };
        SaInfo sa = new(new SaId(Samples.Remote.Address, 0xc0000001), Samples.Local.Address, XfrmMode.Transport, 7, 1000, 10, IsLarval: false) { Sent = 5, Received = 6 };
        IkeSaSnapshot ikeSa = new(Session, "moon", 12, IkeSaState.Deleting, true, 1, 2, Path.Local, Path.Remote, "sun.example.org", "moon.example.org", [child])
        {
            Suite = new IkeSuite(EncryptionId.AesGcm16, 256, IntegrityId.None, PrfId.HmacSha384, KeyExchangeMethod.Curve25519),
            LocalVirtual = [Path.Local.Address],
            RemoteVirtual = [Path.Remote.Address],
            IsTurned = isTurned,
            Nat = new NatSituation(true, true, true),
            EstablishedAt = when,
            KeyedAt = when.AddSeconds(2),
            RekeyAt = when.AddSeconds(3),
        };
        return new IkeSasListed([new ListedIkeSa(ikeSa, new Dictionary<uint, ChildTraffic> { [3] = new(sa, sa with { Bytes = 1 }) })], 12);
    }

    private static KernelUser User { get; } = new(new IkeSaName(Session, "moon", 4), new ChildSaName("net", 9), Path.Remote);

    private static IEnumerable<KernelRequest> Requests() =>
    [
        new GetSpi(Path.Local.Address, Samples.Remote.Address, ChildMode.Transport, 7),
        new InstallSas(
            Samples.Parameters(suite: Samples.Cbc with { ExtendedSequenceNumbers = true }) with
            {
                Mode = ChildMode.Transport,
                UdpEncapsulation = true,
                HoldOutbound = true,
                Limits = new ChildLimits(1, 2, 3, 4, TimeSpan.FromMilliseconds(5500)),
            },
            new ChildConfig { Name = "", Proposals = [], ReplayWindow = 64 }, 0xc0000001, 7),
        new ActivateSas(),
        new MoveSas(new ChildPath(Path.Local, Samples.Remote, UdpEncapsulation: true)),
        new RetireSas(),
        new RemoveSas(),
        new ReadSas(),
        new BringSas(Spec(), Hold: true),
    ];

    private static IEnumerable<KernelReply> Replies() =>
    [
        new SpiAllocated(0xc0000001),
        new SasInstalled(),
        new KernelRefusal(new Refusal(XfrmStep.InboundSa, Errno.EPROTONOSUPPORT, "Requested type not found", "modprobe esp4", RefusalCause.Permanent, "cbc(aes) 256")),
        new SasActivated(),
        new SasMoved(),
        new SasRetired(),
        new SasRemoved(),
        new SasRead(Spec()),
    ];

    private static ChildSaSpec Spec()
    {
        XfrmSelector traffic = new(IPNetwork.Parse("10.1.0.0/24"), IPNetwork.Parse("10.2.0.0/24"), 6, 80, 0xffff, 1024, 0xfc00);
        SaSpec inbound = new()
        {
            Source = Samples.Remote.Address,
            Destination = Samples.Local.Address,
            Spi = 0xc0000001,
            Mode = XfrmMode.Transport,
            Direction = XfrmDirection.In,
            ReqId = 7,
            Algorithms = EspAlgorithms.AesCbc([1, 2, 3, 4], EspAlgorithms.HmacSha256([5, 6])),
            Encapsulation = new UdpEncapsulation(4500, 1024),
            ReplayWindow = 128,
            ExtendedSequenceNumbers = true,
            Lifetime = new SaLifetime(1, 2, 3, 4, 5, 6),
            Progress = new SaProgress(0, 7, [8, 9], 10, 11, 12, 13),
            Selector = traffic,
        };
        SaSpec outbound = inbound with
        {
            Source = inbound.Destination,
            Destination = inbound.Source,
            Direction = XfrmDirection.Out,
            Algorithms = EspAlgorithms.AesGcm16([7, 8, 9]),
        };
        return new ChildSaSpec("", inbound, outbound, [traffic]);
    }

    private static DeliverDatagram Datagram(NodeContext node)
    {
        InboundDatagram datagram = node.Datagrams.Rent();
        datagram.Fill([1, 2, 3, 4], UdpEndpoint.From(Path.Local), UdpEndpoint.From(Path.Remote), hadMarker: true);
        datagram.Travelled(Address.Parse("akka.ssl.tcp://concentrator@192.0.2.9:2552"), 2);
        return new DeliverDatagram(Session, datagram);
    }
}
