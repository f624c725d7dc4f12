using System.Collections.Concurrent;
using System.Net;
using Concentrator.Kernel.Userspace;

namespace Concentrator.Kernel.Tests.Userspace;

/// <summary>
/// The backend with its real device and socket at 192.0.2.1, and an engine with a socket at 192.0.2.2 in the same network namespace that plays the
/// peer. Our network is 10.1.0.0/16 with 10.1.0.1 here, the peer's 10.2.0.0/16.
/// </summary>
internal sealed class TestGateway : IDisposable
{
    public const uint ToPeer = 0xc0000002;
    public const uint ToUs = 0xc0000001;
    public const uint ReqId = 7;

    public static readonly XfrmSelector Outward = new(IPNetwork.Parse("10.1.0.0/16"), IPNetwork.Parse("10.2.0.0/16"));
    private static readonly IPEndPoint Us = new(Samples.Us, 4500), Them = new(Samples.Peer, 4500);

    private readonly EspEngine _peer = new(TimeProvider.System);
    private readonly UdpSocket _ourSocket;
    private readonly UdpSocket _peerSocket;
    private readonly IEspPort _port;
    private readonly Thread[] _readers;
    private readonly BlockingCollection<byte[]> _atPeer = [];

    public TestGateway()
    {
        NetworkNamespace.Ip("addr add 192.0.2.1/32 dev lo");
        NetworkNamespace.Ip("addr add 192.0.2.2/32 dev lo");
        NetworkNamespace.Ip("addr add 10.1.0.1/32 dev lo");
        Backend = UserspaceXfrmBackend.Open();
        Backend.EventReceived += Events.Add;
        _ourSocket = UdpSocket.Bind(Us, Backend.SocketOptions(isNatPort: true));
        _peerSocket = UdpSocket.Bind(Them, Backend.SocketOptions(isNatPort: true));
        _port = Backend.Attach(_ourSocket);
        _readers =
        [
            new Thread(() => _ourSocket.Run((Span<byte> payload, in UdpEndpoint local, in UdpEndpoint remote, byte trafficClass) => _port.Receive(payload, local, remote, trafficClass))),
            new Thread(() => _peerSocket.Run(TakeAtPeer)),
        ];
        foreach (Thread reader in _readers) reader.Start();
        foreach (SaSpec sa in new[] { Sa(XfrmDirection.Out), Sa(XfrmDirection.In) })
            Assert.True(_peer.Perform(new AddSa(sa with { Direction = sa.Direction == XfrmDirection.In ? XfrmDirection.Out : XfrmDirection.In, ReplayWindow = 64 })).Succeeded);
        XfrmSelector inward = new(Outward.Destination, Outward.Source);
        Assert.True(_peer.Perform(new AddPolicy(Samples.Policy(XfrmDirection.Out, inward, ReqId) with { TunnelSource = Samples.Peer, TunnelDestination = Samples.Us, Spi = ToUs })).Succeeded);
        Assert.True(_peer.Perform(new AddPolicy(Samples.Policy(XfrmDirection.In, Outward, ReqId))).Succeeded);
    }

    public UserspaceXfrmBackend Backend { get; }

    public BlockingCollection<XfrmEvent> Events { get; } = [];

    /// <summary>The SA of ours in that direction, with algorithms that may be zeroed.</summary>
    public static SaSpec Sa(XfrmDirection direction) => Samples.Sa(direction, direction == XfrmDirection.Out ? ToPeer : ToUs, ReqId, EspPair.Gcm()) with
    {
        Encapsulation = new UdpEncapsulation(4500, 4500),
    };

    public static ChildSaSpec Child() => new("child", Sa(XfrmDirection.In), Sa(XfrmDirection.Out), [Outward]);

    /// <summary>The next inner packet that the peer got.</summary>
    public byte[] NextAtPeer() => _atPeer.TryTake(out byte[]? packet, TimeSpan.FromSeconds(10)) ? packet : throw new TimeoutException("nothing reached the peer within 10 s");

    public void SendFromPeer(byte[] inner, byte trafficClass = 0)
    {
        byte[] outer = EspPair.Protect(_peer, inner, out EspVerdict verdict);
        Assert.Equal(EspVerdict.Delivered, verdict);
        using UdpSendBatch batch = new();
        unsafe
        {
            fixed (byte* start = outer)
            {
                batch.Add(new Span<byte>(start, outer.Length), UdpEndpoint.From(Them), UdpEndpoint.From(Us), trafficClass);
                Assert.Equal(1, _peerSocket.SendBatch(batch));
            }
        }
    }

    public void Dispose()
    {
        _ourSocket.Stop();
        _peerSocket.Stop();
        foreach (Thread reader in _readers) Assert.True(reader.Join(TimeSpan.FromSeconds(5)));
        _port.Dispose();
        Backend.Dispose();
        _ourSocket.Dispose();
        _peerSocket.Dispose();
        _peer.Dispose();
        _atPeer.Dispose();
        Events.Dispose();
    }

    private void TakeAtPeer(Span<byte> payload, in UdpEndpoint local, in UdpEndpoint remote, byte trafficClass)
    {
        if (_peer.Receive(payload, local, remote, trafficClass, out Span<byte> inner) == EspVerdict.Delivered) _atPeer.Add(inner.ToArray());
    }
}
