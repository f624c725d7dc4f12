using Concentrator.Kernel.Userspace;

namespace Concentrator.Kernel;

/// <summary>Over rtnetlink, in the network namespace of the thread that makes it. Addresses of loopback are there without it.</summary>
public sealed class NetlinkServiceAddresses : IServiceAddresses
{
    private const string Loopback = "lo";

    private readonly RouteSocket _routes = new();

    public string? Lease(ServiceAddress address, TimeSpan life, bool isNew)
    {
        if (address.IsLoopback) return null;
        if (LinkOf(address, out LinkEntry link) is { } absent) return absent;
        if (isNew && _routes.FindAddress(link.Index, address.Address) is { Lifetime: null })
            return $"{address.Address} is on {address.Device} for good already: remove it there, the cluster gives it to one node at a time";
        HostAddress leased = new(address.Address, address.PrefixLength, link.Index) { Lifetime = TimeSpan.FromSeconds(Math.Max(1, Math.Floor(life.TotalSeconds))) };
        return Explain(_routes.PutAddress(leased), address);
    }

    public string? Remove(ServiceAddress address)
    {
        if (address.IsLoopback) return null;
        if (LinkOf(address, out LinkEntry link) is not null) return null;
        if (_routes.FindAddress(link.Index, address.Address) is not { Lifetime: not null } entry) return null;
        int error = _routes.DeleteAddress(entry);
        return error == Errno.EADDRNOTAVAIL ? null : Explain(error, address);
    }

    public string? Linger(ServiceAddress address) => _routes.FindLink(Loopback) is { IsUp: true } link
        ? Explain(_routes.PutAddress(new HostAddress(address.Address, address.Address.GetAddressBytes().Length * 8, link.Index) { Lifetime = TimeSpan.FromSeconds(1) }), address)
        : $"the link {Loopback} is down";

    public void StopLingering(ServiceAddress address)
    {
        if (_routes.FindLink(Loopback) is { } link && _routes.FindAddress(link.Index, address.Address) is { Lifetime: not null } entry) _routes.DeleteAddress(entry);
    }

    public string? Announce(ServiceAddress address)
    {
        if (address.IsLoopback) return null;
        if (LinkOf(address, out LinkEntry link) is { } absent) return absent;
        // A link without hardware addresses has no neighbours that remember one.
        return link.Hardware.Length == Announcement.HardwareLength ? Explain(Announcement.Send(link, address.Address), address) : null;
    }

    public void Dispose() => _routes.Dispose();

    private string? LinkOf(ServiceAddress address, out LinkEntry link)
    {
        LinkEntry? found = _routes.FindLink(address.Device);
        link = found ?? default;
        if (found is null) return $"there is no link {address.Device} for {address.Address}";
        return link.IsUp ? null : $"the link {address.Device} of {address.Address} is down";
    }

    private static string? Explain(int error, ServiceAddress address) => error switch
    {
        0 => null,
        Errno.EPERM or Errno.EACCES => $"no right to change the addresses of {address.Device}: run as root, or give the program CAP_NET_ADMIN and CAP_NET_RAW",
        _ => $"{address}: {Errno.TextOf(error)} ({Errno.NameOf(error)})",
    };
}
