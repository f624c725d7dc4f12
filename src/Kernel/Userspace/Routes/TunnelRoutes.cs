using System.Net;
using System.Net.Sockets;

namespace Concentrator.Kernel.Userspace;

/// <summary>
/// Routes that lead what the outbound policies are for into the TUN device, in a table of our own, which everything consults but what our sockets
/// send: those carry a mark, so a selector may cover the peers' own addresses. A route is there as long as a policy needs it. Not thread-safe.
/// </summary>
internal sealed class TunnelRoutes : IDisposable
{
    /// <summary>The table, the rule's place before the main table's, and the mark of our sockets.</summary>
    public const uint Table = 4500;
    public const uint RulePriority = 4500;
    public const uint Mark = 0x4500;

    private static readonly AddressFamily[] Families = [AddressFamily.InterNetwork, AddressFamily.InterNetworkV6];

    private readonly RouteSocket _socket;
    private readonly int _device;
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
            return routes;
        }
        catch
        {
            routes.Dispose();
            throw;
        }
    }

    /// <summary>0, or the errno of a route that the kernel refused; then nothing has changed.</summary>
    public int Add(XfrmSelector outward)
    {
        if (_users.TryGetValue(outward.Destination, out List<XfrmSelector>? users))
        {
            if (!users.Contains(outward)) users.Add(outward);
            return Errno.Ok;
        }

        int error = _socket.PutRoute(outward.Destination, _device, Table, PreferredSource(outward.Source));
        if (error == Errno.Ok) _users[outward.Destination] = [outward];
        return error;
    }

    public void Remove(XfrmSelector outward)
    {
        if (!_users.TryGetValue(outward.Destination, out List<XfrmSelector>? users) || !users.Remove(outward) || users.Count > 0) return;
        _users.Remove(outward.Destination);
        _socket.DeleteRoute(outward.Destination, _device, Table);
    }

    public void Dispose()
    {
        foreach (IPNetwork destination in _users.Keys) _socket.DeleteRoute(destination, _device, Table);
        _users.Clear();
        foreach (AddressFamily family in _ruled) _socket.DeleteRule(family, Mark, Table, RulePriority);
        _ruled.Clear();
        _socket.Dispose();
    }

    /// <summary>One that a killed process left behind serves as well.</summary>
    private void AddRule(AddressFamily family)
    {
        int error = _socket.AddRule(family, Mark, Table, RulePriority);
        if (error is Errno.Ok or Errno.EEXIST) _ruled.Add(family);
        else if (family == AddressFamily.InterNetwork || error is Errno.EPERM or Errno.EACCES)
            throw new XfrmException(error, $"cannot add a routing rule (CONFIG_IP_MULTIPLE_TABLES, CAP_NET_ADMIN): {Errno.TextOf(error)} ({Errno.NameOf(error)})");
    }

    /// <summary>An address of this host within the selector: what we ourselves send goes from there, else it would not fit the policy.</summary>
    private IPAddress? PreferredSource(IPNetwork source) => _socket.LocalAddresses(source.BaseAddress.AddressFamily).Find(source.Contains);
}
