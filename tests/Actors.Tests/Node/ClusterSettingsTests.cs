using Concentrator.Actors.Clustering;
using Concentrator.Actors.Node;

namespace Concentrator.Actors.Tests.Node;

public class ClusterSettingsTests
{
    [Theory]
    [InlineData("::1", true)]
    [InlineData("2001:db8::11", true)]
    [InlineData("127.0.0.1", false)]
    [InlineData("localhost", false)]
    public void Names_of_nodes_are_looked_up_in_the_family_of_this_nodes_address(string host, bool isIpv6) =>
        Assert.Equal(isIpv6, ClusterSettings.Of(new ClusterNodeOptions { Host = host }).GetBoolean("akka.remote.dot-netty.tcp.dns-use-ipv6"));
}
