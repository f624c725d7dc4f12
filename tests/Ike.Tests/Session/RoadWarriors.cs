using System.Net;
using System.Net.Sockets;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Session;
using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Tests.Session;

/// <summary>A pair of which the initiator asks for addresses and the responder leases them from a pool.</summary>
internal static class RoadWarriors
{
    public static IPAddress Ipv4 { get; } = IPAddress.Parse("10.3.0.1");

    public static IPAddress Ipv6 { get; } = IPAddress.Parse("2001:db8:3::1");

    public static ConfigurationAttribute Dns { get; } = ConfigurationAttribute.Server(ConfigurationAttributeType.InternalIp4Dns, IPAddress.Parse("10.2.0.53"));

    /// <summary>The first child is for the client's address inside; the second has selectors of its own.</summary>
    public static Pair Pair(IReadOnlyList<IPAddress>? wanted = null, Action<PairOptions>? configure = null)
    {
        Pair pair = new(o =>
        {
            o.InitiatorConnection = c => c with { VirtualAddresses = wanted ?? [IPAddress.Any] };
            o.ResponderConnection = c => c with { Pools = ["rw"] };
            o.InitiatorChild = c => c.Name == "net" ? c with { LocalSelectors = [SelectorConfig.Dynamic], RemoteSelectors = Everything } : c;
            o.ResponderChild = c => c.Name == "net" ? c with { RemoteSelectors = [SelectorConfig.Dynamic], LocalSelectors = Everything } : c;
            configure?.Invoke(o);
        });
        pair.Responder.Lease = Give;
        return pair;
    }

    public static SelectorConfig[] Everything { get; } =
        [new SelectorConfig(AddressRange.AnyIpv4, 0, 0, ushort.MaxValue), new SelectorConfig(AddressRange.AnyIpv6, 0, 0, ushort.MaxValue)];

    public static AddressesLeased Give(LeaseAddresses wish) =>
        new([.. wish.Asked.Select(a => a.AddressFamily == AddressFamily.InterNetwork ? Ipv4 : Ipv6)], [Dns]);

    public static IEnumerable<T> Asked<T>(this TestPeer peer)
        where T : SessionEffect => peer.Told.OfType<T>();

    public static string Inside(this TestPeer peer, uint child = 1) => string.Join(' ', peer.Kernel.Installed[child].Local);

    public static string Beyond(this TestPeer peer, uint child = 1) => string.Join(' ', peer.Kernel.Installed[child].Remote);
}
