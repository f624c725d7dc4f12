using System.Net;
using System.Net.Sockets;

namespace Concentrator.Actors.Clustering.Addresses;

/// <summary>The times on which it rests that no address is on two nodes.</summary>
internal static class AddressLease
{
    /// <summary>From the report that a grant answers until the holder must be without the address, and from the grant until another may have it.</summary>
    public static readonly TimeSpan Duration = TimeSpan.FromSeconds(2.8);

    /// <summary>How long after a round trip a coordinator counts a node as one that hears it.</summary>
    public static readonly TimeSpan Freshness = TimeSpan.FromSeconds(1);

    public static readonly TimeSpan ReportPeriod = TimeSpan.FromMilliseconds(250);

    /// <summary>The kernel counts whole seconds, and ends an address up to this much later.</summary>
    public static readonly TimeSpan KernelSlack = TimeSpan.FromMilliseconds(500);

    /// <summary>IPv4 first, each in the order of its octets: the order in which shards are dealt out.</summary>
    public static IComparer<IPAddress> Order { get; } = Comparer<IPAddress>.Create((one, other) => one.AddressFamily != other.AddressFamily
        ? one.AddressFamily == AddressFamily.InterNetwork ? -1 : 1
        : one.GetAddressBytes().AsSpan().SequenceCompareTo(other.GetAddressBytes()));
}
