using System.Net;
using System.Net.Sockets;
using Concentrator.Kernel;

namespace Concentrator.Actors.Node;

/// <summary>The node's sockets, bound before anything else exists, so that a port in use is told at once. Disposes them unless they were taken.</summary>
internal sealed class BoundSockets : IDisposable
{
    private const int NoSuchFamily = 97;
    private List<(UdpSocket Socket, bool IsNatPort)> _sockets = [];

    /// <summary>The ports that were asked for, or those that were given for 0.</summary>
    public ushort Port { get; private set; }

    public ushort NatPort { get; private set; }

    /// <exception cref="NodeStartException">An address or port cannot be had.</exception>
    public static BoundSockets Bind(NodeOptions options, IXfrmBackend backend)
    {
        BoundSockets bound = new() { Port = options.Port, NatPort = options.NatPort };
        try
        {
            foreach (IPAddress address in options.ListenAddresses)
            {
                if (!bound.TryBind(address, isNatPort: false, backend, isOptional: IPAddress.IPv6Any.Equals(address))) continue;
                bound.TryBind(address, isNatPort: true, backend, isOptional: false);
            }

            return bound;
        }
        catch
        {
            bound.Dispose();
            throw;
        }
    }

    /// <summary>From here on the caller owns them.</summary>
    public IReadOnlyList<(UdpSocket Socket, bool IsNatPort)> Take()
    {
        IReadOnlyList<(UdpSocket, bool)> taken = _sockets;
        _sockets = [];
        return taken;
    }

    public void Dispose()
    {
        foreach ((UdpSocket socket, _) in _sockets) socket.Dispose();
    }

    private bool TryBind(IPAddress address, bool isNatPort, IXfrmBackend backend, bool isOptional)
    {
        IPEndPoint endpoint = new(address, isNatPort ? NatPort : Port);
        try
        {
            UdpSocket socket = UdpSocket.Bind(endpoint, backend.SocketOptions(isNatPort));
            _sockets.Add((socket, isNatPort));
            if (isNatPort) NatPort = (ushort)socket.LocalEndPoint.Port;
            else Port = (ushort)socket.LocalEndPoint.Port;
            return true;
        }
        catch (SocketException refused) when (isOptional && refused.ErrorCode is NoSuchFamily or Errno.EADDRNOTAVAIL)
        {
            // A host without IPv6.
            return false;
        }
        catch (SocketException refused)
        {
            throw new NodeStartException($"cannot listen on {new HostPort(endpoint)}: {Explain(refused.ErrorCode, endpoint)}", refused);
        }
    }

    private static string Explain(int errno, IPEndPoint endpoint) => errno switch
    {
        Errno.EADDRINUSE => "the port is in use, perhaps by another IKE daemon: stop it, or choose --port and --nat-port",
        Errno.EACCES or Errno.EPERM => $"no right to use port {endpoint.Port}: run as root, or give the program CAP_NET_BIND_SERVICE, or choose --port and --nat-port",
        Errno.EADDRNOTAVAIL => "this host does not have the address: choose another --listen",
        _ => $"{Errno.TextOf(errno)} ({Errno.NameOf(errno)})",
    };
}
