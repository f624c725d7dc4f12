using System.Net;
using Concentrator.Kernel.Userspace;

namespace Concentrator.Kernel;

/// <summary>The addresses of the network namespace of the thread that opens it, over rtnetlink.</summary>
public sealed class HostAddresses : IHostAddresses
{
    private readonly RouteSocket _socket = new();
    private readonly InsideRoutes _routes;

    public HostAddresses() => _routes = new InsideRoutes(_socket);

    public int Add(in HostAddress address) => _socket.AddAddress(address);

    public int Put(in HostAddress address) => _socket.PutAddress(address);

    public int Remove(in HostAddress address) => _socket.DeleteAddress(address);

    public int Lead(IPNetwork destination, IPAddress source, IPAddress peer) => _routes.Add(destination, source, peer);

    public void Unlead(IPNetwork destination, IPAddress source, IPAddress peer) => _routes.Remove(destination, source, peer);

    public int? DeviceOf(IPAddress address) => _socket.DeviceOf(address);

    public int? DeviceOf(string name) => _socket.DeviceOf(name);

    public void Dispose()
    {
        _routes.Dispose();
        _socket.Dispose();
    }
}
