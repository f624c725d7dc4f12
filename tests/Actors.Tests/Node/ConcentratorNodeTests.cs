using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Concentrator.Actors.Node;
using Concentrator.Actors.Tests.Routing;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Session;
using Concentrator.Ike.Wire;
using Concentrator.Kernel;
using Microsoft.Extensions.Logging.Abstractions;

namespace Concentrator.Actors.Tests.Node;

/// <summary>One node, and what strangers send it.</summary>
public class ConcentratorNodeTests
{
    private static readonly NodeOptions Options = new()
    {
        ListenAddresses = [IPAddress.Loopback],
        Port = 0,
        NatPort = 0,
        Kernel = KernelKind.Memory,
    };

    [Fact]
    public async Task A_node_is_up_within_three_seconds_and_down_within_five()
    {
        Stopwatch watch = Stopwatch.StartNew();
        await using ConcentratorNode node = await StartAsync(Options);
        TimeSpan up = watch.Elapsed;
        watch.Restart();
        await node.StopAsync();

        Assert.InRange(up, TimeSpan.Zero, TimeSpan.FromSeconds(3));
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(5));
        foreach (IPEndPoint endpoint in node.Endpoints)
        {
            using Socket free = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            free.Bind(endpoint);
        }
    }

    [Fact]
    public async Task A_port_in_use_is_told_in_one_sentence()
    {
        using Socket taken = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        ushort port = (ushort)((IPEndPoint)taken.LocalEndPoint!).Port;

        NodeStartException refused = await Assert.ThrowsAsync<NodeStartException>(() => StartAsync(Options with { Port = port }));

        Assert.Contains($"127.0.0.1[{port}]", refused.Message, StringComparison.Ordinal);
        Assert.Contains("in use", refused.Message, StringComparison.Ordinal);
    }

    // Cookies and limits act before any actor exists.
    [Fact]
    public async Task A_flood_of_beginnings_makes_no_more_ike_sas_than_the_limit()
    {
        const int limit = 3;
        EventLog events = new("node");
        await using ConcentratorNode node = await StartAsync(Options with { HalfOpen = new HalfOpenLimits { CookieThreshold = limit } }, events);
        using UdpClient stranger = Stranger(node);

        for (ulong spi = 1; spi <= 20; spi++) await stranger.SendAsync(GateFixture.InitRequest(spi), TestContext.Current.CancellationToken);
        int demanded = 0;
        while (demanded == 0)
        {
            if (First(await stranger.ReceiveAsync(TestContext.Current.CancellationToken)) == NotifyType.Cookie) demanded++;
        }

        Assert.InRange(node.IkeSas.Count, 0, limit);
        Assert.True(node.Drops[DropReason.CookieDemanded] > 0);
    }

    [Fact]
    public async Task An_unknown_ike_sa_is_named_as_such_and_no_actor_is_made()
    {
        await using ConcentratorNode node = await StartAsync(Options);
        using UdpClient stranger = Stranger(node);

        await stranger.SendAsync(GateFixture.Protected(0x77, 0x9900, IkeFlags.Initiator), TestContext.Current.CancellationToken);
        UdpReceiveResult answer = await stranger.ReceiveAsync(TestContext.Current.CancellationToken);

        Assert.Equal(NotifyType.InvalidIkeSpi, First(answer));
        Assert.Empty(node.IkeSas);
        Assert.Equal(1, node.Drops[DropReason.UnknownSpi]);
    }

    [Fact]
    public async Task On_the_nat_port_keepalives_and_strangers_esp_are_counted_and_ike_is_answered_behind_the_marker()
    {
        await using ConcentratorNode node = await StartAsync(Options);
        using UdpClient stranger = Stranger(node, nat: true);
        byte[] stray = GateFixture.Protected(0x77, 0x9900, IkeFlags.Initiator);

        await stranger.SendAsync(new byte[] { 0xff }, TestContext.Current.CancellationToken);
        await stranger.SendAsync(new byte[] { 0xca, 0xfe, 0, 1, 0, 0, 0, 1, 9, 9 }, TestContext.Current.CancellationToken);
        await stranger.SendAsync(new byte[4].Concat(stray).ToArray(), TestContext.Current.CancellationToken);
        UdpReceiveResult answer = await stranger.ReceiveAsync(TestContext.Current.CancellationToken);

        Assert.Equal(new byte[4], answer.Buffer[..4]);
        Assert.Equal(ParseStatus.Ok, MessageCodec.ParseClear(answer.Buffer.AsSpan(4)).Status);
        Assert.Equal((1, 1), (node.Transport.Keepalives, node.Transport.WithoutMarker));
    }

    // A request that is refused outright leaves no state: the retry with the right group begins anew under the same SPI.
    [Fact]
    public async Task A_beginning_that_is_refused_is_forgotten_and_may_begin_again()
    {
        EventLog events = new("node");
        await using ConcentratorNode node = await StartAsync(Options, events);
        using UdpClient stranger = Stranger(node);

        for (int attempt = 0; attempt < 3; attempt++)
        {
            await stranger.SendAsync(GateFixture.InitRequest(), TestContext.Current.CancellationToken);
            await events.NextAsync<IkeSaEnded>(what: $"attempt {attempt}");
        }

        Assert.Empty(node.IkeSas);
    }

    private static Task<ConcentratorNode> StartAsync(NodeOptions options, EventLog? events = null) => ConcentratorNode.StartAsync(
        options, new GatewayConfig([], []), NullLoggerFactory.Instance, new MemoryXfrmBackend(), events, TestContext.Current.CancellationToken);

    private static UdpClient Stranger(ConcentratorNode node, bool nat = false)
    {
        UdpClient stranger = new(new IPEndPoint(IPAddress.Loopback, 0));
        stranger.Connect(node.Endpoints[nat ? 1 : 0]);
        return stranger;
    }

    private static NotifyType? First(UdpReceiveResult answer) =>
        MessageCodec.ParseClear(answer.Buffer).Message?.Payloads.OfType<NotifyPayload>().FirstOrDefault()?.NotifyType;
}
