using System.Net;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Proposals;
using Concentrator.Ike.Selectors;
using Concentrator.Kernel;

namespace Concentrator.Demo;

/// <summary>The connections of the demo's gateways.</summary>
internal static class StageConfig
{
    public const string FirstChild = "net";

    /// <param name="name">The connection's.</param>
    /// <param name="proposal">For the IKE SA.</param>
    /// <param name="local">Who we are.</param>
    /// <param name="remote">Who the peer is.</param>
    /// <param name="ourNet">Its first two numbers: <c>10.1</c>.</param>
    /// <param name="theirNet">The same of the peer's.</param>
    public static ConnectionConfig Connection(string name, string proposal, string local, string remote, string ourNet, string theirNet) => new()
    {
        Name = name,
        // The rows are about the child: nothing else is to be seen in them.
        Mobike = false,
        Proposals = [ProposalParser.ParseIke(proposal, 1)],
        Local = new AuthConfig(IdentityPattern.Parse(local)),
        Remote = new AuthConfig(IdentityPattern.Parse(remote)),
        Children = [Child(FirstChild, $"{ourNet}.0.0/24", $"{theirNet}.0.0/24"), Child("second", $"{ourNet}.1.0/24", $"{theirNet}.1.0/24")],
    };

    private static ChildConfig Child(string name, string ours, string theirs) => new()
    {
        Name = name,
        Proposals = [ProposalParser.ParseEsp("aes256-sha256", 1)],
        LocalSelectors = [Selector(ours)],
        RemoteSelectors = [Selector(theirs)],
    };

    public static SelectorConfig Selector(string network)
    {
        TrafficSelector selector = TrafficSelector.Parse(network);
        return new SelectorConfig(new AddressRange(selector.Start, selector.End), 0, 0, ushort.MaxValue);
    }

    /// <summary>A port that nobody listens on at this moment.</summary>
    public static int FreePort()
    {
        using UdpSocket probe = UdpSocket.Bind(new IPEndPoint(IPAddress.Loopback, 0), new UdpSocketOptions());
        return probe.LocalEndPoint.Port;
    }
}
