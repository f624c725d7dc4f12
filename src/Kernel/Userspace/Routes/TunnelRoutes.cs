using System.Net;
using System.Net.Sockets;

namespace Concentrator.Kernel.Userspace;

/// <summary>
/// Routes that lead what the outbound policies are for into the TUN device, in a table of our own, which everything consults but what our sockets
/// send: those carry a mark, so a selector may cover the peers' own addresses. A route is there as long as a policy needs it. Behind each stands one to
/// nowhere: when this process is killed its device and the routes into it go, and what was to be protected must not leave in clear. Safe from any thread.
/// </summary>
internal sealed class TunnelRoutes : IPolicyRoutes, IDisposable
{
    /// <summary>The table, the rule's place before the main table's, and the mark of our sockets.</summary>
    public const uint Table = 4500;
    public const uint RulePriority = 4500;
    public const uint Mark = 0x4500;

    private static readonly AddressFamily[] Families = [AddressFamily.InterNetwork, AddressFamily.InterNetworkV6];

    private readonly Lock _lock = new();
    private readonly RouteSocket _socket;
    private int _device;
    private readonly Dictionary<IPNetwork, List<XfrmSelector>> _users = [];
    private readonly List<AddressFamily> _ruled = [];

    private TunnelRoutes(RouteSocket socket, int device)
    {
        _socket = socket;
        _device = device;
    }

    /// <exception cref="XfrmException">The kernel does not take rules, or has no right for us.</exception>
    public static TunnelRoutes Open(RouteSocket socket, int device)
    {
        TunnelRoutes routes = new(socket, device);
        try
        {
            foreach (AddressFamily family in Families) routes.AddRule(family);
            // Of a process that was killed.
            foreach (Route stale in socket.UnreachableRoutes(Table)) socket.DeleteRoute(stale);
            return routes;
        }
        catch
        {
            routes.Dispose();
            throw;
        }
    }

    public int Add(XfrmSelector outward)
    {
        lock (_lock)
        {
            if (_users.TryGetValue(outward.Destination, out List<XfrmSelector>? users))
            {
                if (!users.Contains(outward)) users.Add(outward);
                return Errno.Ok;
            }

            int error = Lead(outward);
            if (error == Errno.Ok) _users[outward.Destination] = [outward];
            return error;
        }
    }

    public void Remove(XfrmSelector outward)
    {
        lock (_lock)
        {
            if (!_users.TryGetValue(outward.Destination, out List<XfrmSelector>? users) || !users.Remove(outward) || users.Count > 0) return;
            _users.Remove(outward.Destination);
            Delete(outward.Destination);
        }
    }

    /// <summary>The device is another now, and the routes into the old one went with it.</summary>
    public void Restore(int device)
    {
        lock (_lock)
        {
            _device = device;
            foreach (List<XfrmSelector> users in _users.Values) Lead(users[0]);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            foreach (IPNetwork destination in _users.Keys) Delete(destination);
            _users.Clear();
            foreach (AddressFamily family in _ruled) _socket.DeleteRule(family, Mark, Table, RulePriority);
            _ruled.Clear();
            _socket.Dispose();
        }
    }

    private int Lead(XfrmSelector outward)
    {
        Route nowhere = new(outward.Destination, Table, Route.Nowhere);
        int error = _socket.PutRoute(nowhere);
        if (error != Errno.Ok) return error;
        error = _socket.PutRoute(nowhere with { Device = _device }, PreferredSource(outward.Source));
        if (error != Errno.Ok) _socket.DeleteRoute(nowhere);
        return error;
    }

    private void Delete(IPNetwork destination)
    {
        Route route = new(destination, Table, _device);
        _socket.DeleteRoute(route);
        _socket.DeleteRoute(route with { Device = Route.Nowhere });
    }

    /// <summary>One that a killed process left behind serves as well.</summary>
    private void AddRule(AddressFamily family)
    {
        int error = _socket.AddRule(family, Mark, Table, RulePriority);
        if (error is Errno.Ok or Errno.EEXIST) _ruled.Add(family);
        else if (family == AddressFamily.InterNetwork || error is Errno.EPERM or Errno.EACCES)
            throw new XfrmException(error, $"cannot add a routing rule (CONFIG_IP_MULTIPLE_TABLES, CAP_NET_ADMIN): {Errno.TextOf(error)} ({Errno.NameOf(error)})");
    }

    /// <summary>
    /// An address of this host within the selector: what we ourselves send goes from there, else it would not fit the policy. A selector that takes every
    /// source leaves it to the kernel.
    /// </summary>
    private IPAddress? PreferredSource(IPNetwork source) => source.PrefixLength == 0
        ? null
        : _socket.LocalAddresses(source.BaseAddress.AddressFamily).Find(address => source.Contains(address) && !IPAddress.IsLoopback(address));
}
