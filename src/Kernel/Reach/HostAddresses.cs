using System.Net;
using Concentrator.Kernel.Userspace;

namespace Concentrator.Kernel;

/// <summary>The addresses of the network namespace of the thread that opens it, over rtnetlink.</summary>
public sealed class HostAddresses : IHostAddresses
{
    private readonly RouteSocket _socket = new();

    public int Add(in HostAddress address) => _socket.AddAddress(address);

    public int Put(in HostAddress address) => _socket.PutAddress(address);

    public int Remove(in HostAddress address) => _socket.DeleteAddress(address);

    public int? DeviceOf(IPAddress address) => _socket.DeviceOf(address);

    public int? DeviceOf(string name) => _socket.DeviceOf(name);

    public void Dispose() => _socket.Dispose();
}
