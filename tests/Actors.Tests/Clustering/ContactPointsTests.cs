using System.Net;
using Concentrator.Actors.Clustering;

namespace Concentrator.Actors.Tests.Clustering;

/// <summary>Where a node looks for others.</summary>
public class ContactPointsTests
{
    private static readonly IPAddress[] Records = [.. new[] { "2001:db8::12", "192.0.2.12", "192.0.2.11", "2001:db8::11", "192.0.2.12" }.Select(IPAddress.Parse)];

    [Theory]
    [InlineData("192.0.2.11", "192.0.2.11:4700 192.0.2.12:4700")]
    [InlineData("2001:db8::11", "2001:db8::11:4700 2001:db8::12:4700")]
    [InlineData("gw1.example", "192.0.2.11:4700 192.0.2.12:4700 2001:db8::11:4700 2001:db8::12:4700")]
    public async Task Of_a_name_with_both_families_those_count_that_are_of_the_nodes_own(string host, string expected)
    {
        ContactPoints contacts = new(new ClusterNodeOptions { Host = host, Dns = new DnsEndPoint("nodes.example", 0), Resolve = (_, _) => Task.FromResult(Records) });
        IReadOnlyList<DnsEndPoint> found = await contacts.FindAsync(4700, TestContext.Current.CancellationToken);
        Assert.Equal(expected, string.Join(' ', found.Select(point => $"{point.Host}:{point.Port}")));
    }
}
