using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Concentrator.Actors.Node;
using Concentrator.Kernel;

namespace Concentrator.Actors.Transport;

/// <summary>
/// Sockets that come and go with a service address, on a node whose own do not hear all addresses: bound when the address is here, closed before it goes. For the
/// one thread that leases addresses, and may block it: a socket must be closed before another node binds its own.
/// </summary>
/// <param name="addresses">Who puts the address on the host. Owned.</param>
/// <param name="node">The node.</param>
/// <param name="open">Makes the actor of a socket, which is its own from then on; true: the NAT port's.</param>
/// <param name="optionsOf">What the backend wants of such a socket.</param>
internal sealed class ServiceSockets(IServiceAddresses addresses, NodeContext node, Func<UdpSocket, bool, IActorRef> open, Func<bool, UdpSocketOptions> optionsOf) : IServiceAddresses
{
    private static readonly TimeSpan ClosingTime = TimeSpan.FromSeconds(1);

    private readonly Dictionary<IPAddress, List<TransportEntry>> _bound = [];

    public string? Lease(ServiceAddress address, TimeSpan life, bool isNew)
    {
        if (addresses.Lease(address, life, isNew) is { } refused) return refused;
        if (_bound.ContainsKey(address.Address) || node.Transport.HasSocketOf(address.Address)) return null;
        List<TransportEntry> bound = [];
        try
        {
            foreach ((ushort port, bool isNatPort) in node.Transport.Ports.ToList()) bound.Add(Bind(new IPEndPoint(address.Address, port), isNatPort));
        }
        catch (SocketException fault)
        {
            Close(bound);
            addresses.Remove(address);
            return $"cannot listen on {address.Address}: {Errno.TextOf(fault.ErrorCode)} ({Errno.NameOf(fault.ErrorCode)})";
        }

        _bound[address.Address] = bound;
        node.Transport.Fill([.. node.Transport.Entries, .. bound]);
        foreach (TransportEntry entry in bound) entry.Socket.Tell(new StartReading());
        return null;
    }

    public string? Remove(ServiceAddress address)
    {
        if (_bound.Remove(address.Address, out List<TransportEntry>? bound))
        {
            node.Transport.Fill([.. node.Transport.Entries.Except(bound)]);
            Close(bound);
        }

        return addresses.Remove(address);
    }

    public string? Linger(ServiceAddress address) => addresses.Linger(address);

    public void StopLingering(ServiceAddress address) => addresses.StopLingering(address);

    public string? Announce(ServiceAddress address) => addresses.Announce(address);

    public void Dispose()
    {
        Close([.. _bound.Values.SelectMany(entries => entries)]);
        addresses.Dispose();
    }

    private TransportEntry Bind(IPEndPoint endpoint, bool isNatPort) =>
        new(endpoint, isNatPort, open(UdpSocket.Bind(endpoint, optionsOf(isNatPort)), isNatPort));

    private static void Close(List<TransportEntry> bound)
    {
        foreach (TransportEntry entry in bound)
        {
            try
            {
                entry.Socket.GracefulStop(ClosingTime).Wait(ClosingTime);
            }
            catch (AggregateException)
            {
                // It closes with the actor system.
            }
        }
    }
}
