using Concentrator.Kernel.Native;

namespace Concentrator.Kernel.Userspace;

/// <summary>
/// ESP in this process, over a TUN device, for machines whose kernel has none: tunnel mode, in UDP. Packets come in and leave by the node's own
/// sockets of the NAT-traversal port (<see cref="Attach"/>); which packets come to the device, routes decide, one for each outbound policy.
/// Requests and dumps are for one thread; it owns a thread for what leaves.
/// </summary>
public sealed class UserspaceXfrmBackend : IXfrmBackend, IEspInUdp
{
    private const string DeviceName = "esp%d";

    private const int UsualMtu = 1500;

    /// <summary>RFC 8200 §5: what IPv6 needs of a link.</summary>
    private const int SmallestMtu = 1280;

    /// <summary>Outer IPv6 and UDP headers, and the most that ESP adds.</summary>
    private const int LargestOverhead = 40 + 8 + EspTransform.LargestFront + EspTransform.LargestBack;

    private static readonly XfrmReply NoPort = new(Errno.EINVAL, "no socket of the NAT-traversal port sends from there");

    private readonly EspEngine _engine;
    private readonly TunDevice _device;
    private readonly TunnelRoutes _routes;
    private readonly RoutedPolicies _outboundPolicies;
    private readonly EspPorts _ports;
    private readonly OutboundLoop _outbound;
    private readonly List<EspPort> _attached = [];

    private UserspaceXfrmBackend(EspEngine engine, TunDevice device, TunnelRoutes routes)
    {
        _engine = engine;
        _device = device;
        _routes = routes;
        _outboundPolicies = new RoutedPolicies(engine, routes);
        _ports = new EspPorts(engine.Counters);
        _outbound = new OutboundLoop(engine, device, routes, _ports);
    }

    public string Name => "userspace";

    /// <summary>The TUN device's name, as <c>ip link</c> shows it.</summary>
    public string Device => _device.Name;

    public EspCounters Counters => _engine.Counters;

    public event Action<XfrmEvent>? EventReceived
    {
        add => _engine.EventRaised += value;
        remove => _engine.EventRaised -= value;
    }

    /// <summary>Makes the device and the routing rule in the calling thread's network namespace.</summary>
    /// <exception cref="XfrmException">There is no TUN device, no right, or no libcrypto; the message says what to do.</exception>
    public static UserspaceXfrmBackend Open(TimeProvider? time = null)
    {
        if (!LibCrypto.IsAvailable) throw new XfrmException(Errno.ENOSYS, "ESP in user space needs OpenSSL 3 (libcrypto.so.3)");
        RouteSocket socket = new();
        TunDevice? device = null;
        try
        {
            device = TunDevice.Open(DeviceName, Math.Max(SmallestMtu, (socket.SmallestMtu() ?? UsualMtu) - LargestOverhead));
            TunnelRoutes routes = TunnelRoutes.Open(socket, device.Index);
            return new UserspaceXfrmBackend(new EspEngine(time ?? TimeProvider.System), device, routes);
        }
        catch
        {
            device?.Dispose();
            socket.Dispose();
            throw;
        }
    }

    public UdpSocketOptions SocketOptions(bool isNatPort) => new(CarriesEsp: isNatPort, Mark: TunnelRoutes.Mark);

    public void Execute(ReadOnlySpan<XfrmRequest> requests, Span<XfrmReply> replies)
    {
        for (int i = 0; i < requests.Length; i++) replies[i] = Perform(requests[i]);
    }

    public IReadOnlyList<SaInfo> DumpSas() => _engine.Sas;

    public IReadOnlyList<PolicyInfo> DumpPolicies() => _engine.Policies;

    public IEspPort Attach(UdpSocket socket)
    {
        EspPort port = new(socket, _engine, _device, _ports.Detach);
        _attached.Add(port);
        _ports.Attach(port);
        return port;
    }

    public void Dispose()
    {
        _outbound.Dispose();
        _routes.Dispose();
        _device.Dispose();
        _engine.Dispose();
        foreach (EspPort port in _attached)
        {
            port.Dispose();
            port.Free();
        }
    }

    private XfrmReply Perform(XfrmRequest request) => request switch
    {
        AddSa { Sa: { Direction: XfrmDirection.Out } sa } when !HasPortFor(sa) => NoPort,
        UpdateSa { Sa: { Direction: XfrmDirection.Out } sa } when !HasPortFor(sa) => NoPort,
        AddPolicy { Policy: { Direction: XfrmDirection.Out } policy } => _outboundPolicies.Put(request, policy),
        UpdatePolicy { Policy: { Direction: XfrmDirection.Out } policy } => _outboundPolicies.Put(request, policy),
        DeletePolicy { Key.Direction: XfrmDirection.Out } delete => _outboundPolicies.Delete(delete),
        _ => _engine.Perform(request),
    };

    /// <summary>One that does not travel in UDP at all is the engine's to refuse.</summary>
    private bool HasPortFor(SaSpec sa) =>
        sa.Encapsulation is not { } encapsulation || _ports.Find(UdpEndpoint.From(new System.Net.IPEndPoint(sa.Source, encapsulation.SourcePort))) is not null;
}
