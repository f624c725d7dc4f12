namespace Concentrator.Kernel.Userspace;

/// <summary>
/// One socket of the NAT-traversal port: what comes in by it goes to the device, what is to leave by it is gathered and sent in one system call.
/// <see cref="Add"/> and <see cref="Flush"/> belong to one thread; <see cref="Dispose"/> may come from any.
/// </summary>
internal sealed class EspPort : IEspPort
{
    private readonly EspEngine _engine;
    private readonly TunDevice _device;
    private readonly Action<EspPort> _detach;
    private readonly UdpSocket _socket;
    private readonly UdpSendBatch _batch = new();
    private readonly Lock _lock = new();
    private bool _isClosed;

    public EspPort(UdpSocket socket, EspEngine engine, TunDevice device, Action<EspPort> detach)
    {
        _socket = socket;
        _engine = engine;
        _device = device;
        _detach = detach;
        Local = UdpEndpoint.From(socket.LocalEndPoint);
    }

    public UdpEndpoint Local { get; }

    public bool IsClosed => Volatile.Read(ref _isClosed);

    /// <summary>It can send from there: its very address, or the wildcard of the family, and the port.</summary>
    public bool Serves(in UdpEndpoint local) =>
        local.Port == Local.Port && local.IsIpv6 == Local.IsIpv6 && (Local.IsAnyAddress || local.Bits == Local.Bits);

    public bool Receive(Span<byte> datagram, in UdpEndpoint local, in UdpEndpoint remote, byte trafficClass)
    {
        EspVerdict verdict = _engine.Receive(datagram, local, remote, trafficClass, out Span<byte> inner);
        if (verdict == EspVerdict.Delivered) _engine.Counters.Count(_device.Write(inner) ? EspVerdict.Delivered : EspVerdict.NotTaken);
        return verdict != EspVerdict.UnknownSpi;
    }

    /// <summary>True when there is no room for another before <see cref="Flush"/>. <paramref name="packet"/> stays where it is until then.</summary>
    public bool Add(Span<byte> packet, in ProtectedPacket way)
    {
        _batch.Add(packet, way.Local, way.Remote, way.TrafficClass);
        return _batch.IsFull;
    }

    public void Flush()
    {
        int count = _batch.Count;
        if (count == 0) return;
        int sent;
        lock (_lock)
        {
            sent = _isClosed ? 0 : _socket.SendBatch(_batch);
            if (_isClosed) _batch.Clear();
        }

        for (int i = 0; i < count; i++) _engine.Counters.Count(i < sent ? EspVerdict.Delivered : EspVerdict.NotTaken);
    }

    /// <summary>Nothing leaves by the socket afterwards.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_isClosed) return;
            _isClosed = true;
        }

        _detach(this);
    }

    /// <summary>After the sending thread has ended.</summary>
    public void Free() => _batch.Dispose();
}
