using System.Net;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Proposals;

namespace Concentrator.Actors.Tests.Clustering;

/// <summary>What a cluster and those who call it are configured with: children between networks, and no moves.</summary>
internal static class ClusterPeers
{
    public static ConnectionConfig Connection(string name, string local, string remote) => new()
    {
        Name = name,
        Mobike = false,
        Proposals = [ProposalParser.ParseIke("aes128gcm16-prfsha256-x25519", 1)],
        Local = new AuthConfig(IdentityPattern.Parse(local)),
        Remote = new AuthConfig(IdentityPattern.Parse(remote)),
        Children = [],
    };

    /// <summary>What the nodes are configured with: whoever is sun may call.</summary>
    public static GatewayConfig Gateway(UniquePolicy unique = UniquePolicy.Never) => new(
        [Connection("moon", "sun.example.org", "moon.example.org") with { Unique = unique, Children = [Child("10.2.0.0/24", "10.1.0.0/24")] }],
        [Samples.SharedKey("correct horse")]);

    /// <summary>What a peer is configured with that makes these calls, each to a port of loopback.</summary>
    public static GatewayConfig Callers(IEnumerable<(string Name, ushort Port)> calls, ChildAction startAction = ChildAction.Start) => new(
        [
            .. calls.Select(call => Connection(call.Name, "moon.example.org", "sun.example.org") with
            {
                Unique = UniquePolicy.Never,
                RemoteAddresses = [new AddressRange(IPAddress.Loopback, IPAddress.Loopback)],
                RemotePort = call.Port,
                Children = [Child("10.1.0.0/24", "10.2.0.0/24") with { StartAction = startAction }],
            }),
        ],
        [Samples.SharedKey("correct horse")]);

    public static ChildConfig Child(string local, string remote) => Samples.Child("net") with { LocalSelectors = [Samples.Net(local)], RemoteSelectors = [Samples.Net(remote)] };
}
