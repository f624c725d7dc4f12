using System.Net.Sockets;
using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Configuration;

/// <summary>A pool of addresses for peers inside the tunnel (swanctl.conf <c>pools</c>), and what else its peers are told.</summary>
/// <param name="Name">What connections name it by.</param>
/// <param name="Addresses">All that may be leased, first and last included.</param>
/// <param name="Attributes">Told to every peer with an address of this pool: name servers, subnets and the like.</param>
public sealed record PoolConfig(string Name, AddressRange Addresses, IReadOnlyList<ConfigurationAttribute> Attributes)
{
    public AddressFamily Family => Addresses.Start.AddressFamily;
}
