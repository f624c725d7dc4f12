using System.Net;
using Concentrator.Ike.Session;

namespace Concentrator.Ike.Tests.Session;

/// <summary>The addresses of one end, which a test changes as a cable or a radio would.</summary>
internal sealed class Places(params string[] addresses)
{
    public List<IPAddress> Addresses { get; } = [.. addresses.Select(IPAddress.Parse)];

    /// <summary>From where the routes would have packets to an address leave: the first address, unless a test knows better.</summary>
    public Func<IPAddress, IPAddress?>? Route { get; set; }

    public SessionContext Give(SessionContext context) => context with
    {
        LocalAddresses = () => [.. Addresses],
        SourceTowards = remote => Route is { } route ? route(remote) : Addresses.FirstOrDefault(a => a.AddressFamily == remote.AddressFamily),
    };

    public void Move(string from, string? to)
    {
        Addresses.Remove(IPAddress.Parse(from));
        if (to is not null) Addresses.Insert(0, IPAddress.Parse(to));
    }
}
