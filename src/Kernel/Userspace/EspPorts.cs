namespace Concentrator.Kernel.Userspace;

/// <summary>The sockets by which ESP may leave. <see cref="Add"/> and <see cref="Flush"/> belong to the sending thread, the rest is safe from any.</summary>
internal sealed class EspPorts(EspCounters counters)
{
    private readonly Lock _lock = new();
    private EspPort[] _ports = [];

    public EspPort? Find(UdpEndpoint local)
    {
        EspPort? any = null;
        foreach (EspPort port in Volatile.Read(ref _ports))
        {
            if (!port.Serves(local)) continue;
            if (!port.Local.IsAnyAddress) return port;
            any = port;
        }

        return any;
    }

    public void Attach(EspPort port)
    {
        lock (_lock) Volatile.Write(ref _ports, [.. _ports, port]);
    }

    public void Detach(EspPort port)
    {
        lock (_lock) Volatile.Write(ref _ports, [.. _ports.Where(other => other != port)]);
    }

    /// <summary><paramref name="buffer"/> stays as it is until <see cref="Flush"/>.</summary>
    public void Add(Span<byte> buffer, in ProtectedPacket packet)
    {
        EspPort? port = packet.Sa.Port;
        if (port is null || port.IsClosed || !port.Serves(packet.Local)) packet.Sa.Port = port = Find(packet.Local);
        if (port is null) counters.Count(EspVerdict.NotTaken);
        else port.Add(buffer.Slice(packet.Start, packet.Length), packet);
    }

    public void Flush()
    {
        foreach (EspPort port in Volatile.Read(ref _ports)) port.Flush();
    }
}
