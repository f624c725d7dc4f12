using System.Net;
using System.Net.Sockets;

namespace Concentrator.Actors.Connections;

/// <summary>Asks the kernel's routes which of our addresses a packet to a peer would leave from. Sends nothing.</summary>
internal static class SourceAddress
{
    /// <summary>Null when there is no route.</summary>
    public static IPAddress? Towards(IPAddress remote)
    {
        using Socket probe = new(remote.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            probe.Connect(remote, 9);
            return ((IPEndPoint)probe.LocalEndPoint!).Address;
        }
        catch (SocketException)
        {
            return null;
        }
    }
}
