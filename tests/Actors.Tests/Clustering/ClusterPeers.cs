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

    public static ChildConfig Child(string local, string remote) => Samples.Child("net") with { LocalSelectors = [Samples.Net(local)], RemoteSelectors = [Samples.Net(remote)] };
}
