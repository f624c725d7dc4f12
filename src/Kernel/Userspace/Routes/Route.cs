using System.Net;

namespace Concentrator.Kernel.Userspace;

/// <summary>A route of a table into a device, by its index, or to <see cref="Nowhere"/>: then it says that the prefix cannot be reached, if no other route knows better.</summary>
internal readonly record struct Route(IPNetwork Destination, uint Table, int Device)
{
    /// <summary>The next hop; null: whom the route is to can be reached on the link itself.</summary>
    public IPAddress? Gateway { get; init; }

    public const int Nowhere = 0;

    /// <summary>The metric of routes to nowhere.</summary>
    public const uint LastResort = int.MaxValue;
}
