using System.Net;
using System.Net.Sockets;
using Concentrator.Kernel.Userspace;

namespace Concentrator.Kernel;

/// <summary>
/// Routes for what goes through tunnels from our addresses inside them, where the kernel itself protects it: the same way as to the peer, but from that address, for
/// else it would leave from another and fit no policy. They are in a table of their own, which is looked into before the main one. For one thread.
/// </summary>
internal sealed class InsideRoutes(RouteSocket socket) : IDisposable
{
    public const uint Table = 4501;
    public const uint RulePriority = 4501;

    private readonly List<AddressFamily> _ruled = [];

    /// <summary>Who needs the route to a prefix; the last is in force.</summary>
    private readonly Dictionary<IPNetwork, List<(IPAddress Source, IPAddress Peer)>> _users = [];

    public int Add(IPNetwork destination, IPAddress source, IPAddress peer)
    {
        if (AddRule(source.AddressFamily) is not Errno.Ok and int refused) return refused;
        if (Put(destination, source, peer) is not Errno.Ok and int error) return error;
        if (!_users.TryGetValue(destination, out List<(IPAddress, IPAddress)>? users)) _users[destination] = users = [];
        users.Add((source, peer));
        return Errno.Ok;
    }

    public void Remove(IPNetwork destination, IPAddress source, IPAddress peer)
    {
        if (!_users.TryGetValue(destination, out List<(IPAddress Source, IPAddress Peer)>? users)) return;
        int index = users.LastIndexOf((source, peer));
        if (index < 0) return;
        bool wasInForce = index == users.Count - 1;
        users.RemoveAt(index);
        if (users.Count == 0)
        {
            _users.Remove(destination);
            socket.DeleteRoute(new Route(destination, Table, Route.Nowhere));
        }
        else if (wasInForce && users[^1] != (source, peer))
        {
            Put(destination, users[^1].Source, users[^1].Peer);
        }
    }

    public void Dispose()
    {
        foreach (IPNetwork destination in _users.Keys) socket.DeleteRoute(new Route(destination, Table, Route.Nowhere));
        _users.Clear();
        foreach (AddressFamily family in _ruled) socket.DeleteRule(family, TunnelRoutes.Mark, Table, RulePriority);
        _ruled.Clear();
    }

    private int Put(IPNetwork destination, IPAddress source, IPAddress peer) => socket.WayTo(peer) is var (device, gateway)
        ? socket.PutRoute(new Route(destination, Table, device) { Gateway = gateway?.AddressFamily == source.AddressFamily ? gateway : null }, source)
        : Errno.ESRCH;

    private int AddRule(AddressFamily family)
    {
        if (_ruled.Contains(family)) return Errno.Ok;
        int error = socket.AddRule(family, TunnelRoutes.Mark, Table, RulePriority);
        if (error is not (Errno.Ok or Errno.EEXIST)) return error;
        _ruled.Add(family);
        return Errno.Ok;
    }
}
