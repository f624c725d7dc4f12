using System.Net;
using Concentrator.Actors.Clustering;
using Concentrator.Hosting;

namespace Concentrator.Tests.Hosting;

/// <summary>Where nodes are, as a person writes it.</summary>
public sealed class ClusterSettingsTests
{
    [Theory]
    [InlineData("192.0.2.1:4700", "192.0.2.1", 4700)]
    [InlineData("192.0.2.1", "192.0.2.1", 0)]
    [InlineData("gw1.example:4700", "gw1.example", 4700)]
    [InlineData("[192.0.2.1]:4700", "192.0.2.1", 4700)]
    [InlineData("[2001:db8::1]:4700", "2001:db8::1", 4700)]
    [InlineData("[2001:db8::1]", "2001:db8::1", 0)]
    [InlineData("2001:db8::1", "2001:db8::1", 0)]
    [InlineData("[2001:DB8:0::1]:4700", "2001:DB8:0::1", 4700)]
    public void A_cluster_address_is_a_host_and_a_port_IPv6_in_brackets(string text, string host, ushort port)
    {
        ClusterNodeOptions options = Parse(new NodeSettings { ClusterAddress = text });
        Assert.Equal((host, port), (options.Host, options.Port));
    }

    [Fact]
    public void So_is_a_seed()
    {
        ClusterNodeOptions options = Parse(new NodeSettings { ClusterAddress = "[2001:db8::1]:4700", Seed = ["[2001:db8::1]:4700", "[2001:db8::2]:4701", "192.0.2.3:4702"] });
        Assert.Equal([new DnsEndPoint("2001:db8::1", 4700), new DnsEndPoint("2001:db8::2", 4701), new DnsEndPoint("192.0.2.3", 4702)], options.Seeds);
    }

    /// <summary>With files that nobody reads here.</summary>
    private static ClusterNodeOptions Parse(NodeSettings settings)
    {
        List<string> errors = [];
        ClusterNodeOptions options = (settings with { ClusterCert = "c", ClusterKey = "k", ClusterCa = "ca" }).ToOptions(errors).Cluster;
        Assert.Empty(errors);
        return options;
    }
}
