using System.Net;
using Concentrator.Configuration;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Registries;

namespace Concentrator.Tests.Configuration;

/// <summary>Pools of addresses inside the tunnel, and who asks for them.</summary>
public sealed class PoolConfigurationTests
{
    [Theory]
    [InlineData("10.3.0.0/28", "10.3.0.1", "10.3.0.14")]
    [InlineData("10.3.0.5/28", "10.3.0.1", "10.3.0.14")]
    [InlineData("10.3.0.0/31", "10.3.0.0", "10.3.0.1")]
    [InlineData("10.3.0.9/32", "10.3.0.9", "10.3.0.9")]
    [InlineData("10.3.0.9", "10.3.0.9", "10.3.0.9")]
    [InlineData("10.3.0.10-10.3.0.20", "10.3.0.10", "10.3.0.20")]
    [InlineData("2001:db8:3::/64", "2001:db8:3::1", "2001:db8:3:0:ffff:ffff:ffff:ffff")]
    [InlineData("2001:db8:3::/127", "2001:db8:3::", "2001:db8:3::1")]
    [InlineData("::/0", "::1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")]
    public void A_pool_has_the_addresses_that_hosts_may_have(string text, string first, string last)
    {
        PoolConfig pool = Assert.Single(Load($"pools {{ p {{ addrs = {text}\n }} }}").Pools);
        Assert.Equal((first, last), (pool.Addresses.Start.ToString(), pool.Addresses.End.ToString()));
    }

    [Fact]
    public void Attributes_are_encoded_as_the_rfc_has_them()
    {
        PoolConfig pool = Assert.Single(Load("""
            pools {
              p {
                addrs = 10.3.0.0/24
                dns = 10.2.0.53, 2001:db8::53
                nbns = 10.2.0.2
                dhcp = 10.2.0.3
                netmask = 255.255.255.0
                server = 10.2.0.4
                subnet = 10.2.0.0/16, 2001:db8:2::/48
                split_include = 10.9.0.0/16
                20000 = hello, 10.2.0.7
              }
            }
            """).Pools);
        Assert.Equal(
            [
                "3:0a020035", "10:20010db8000000000000000000000053", "4:0a020002", "6:0a020003", "2:ffffff00", "23456:0a020004",
                "13:0a020000ffff0000", "15:20010db800020000000000000000000030", "28676:0a090000ffff0000", "20000:68656c6c6f", "20000:0a020007",
            ],
            pool.Attributes.Select(a => $"{(ushort)a.Type}:{Convert.ToHexStringLower(a.Value.Span)}"));
    }

    [Theory]
    [InlineData("dns = 10.3.0.1", "pools.p: needs addrs: a network such as 10.3.0.0/24, or a range such as 10.3.0.1-10.3.0.99")]
    [InlineData("addrs = 10.3.0.0/33", "pools.p.addrs: '10.3.0.0/33' is no network, such as 10.1.0.0/16")]
    [InlineData("addrs = 10.3.0.9-10.3.0.1", "pools.p.addrs: '10.3.0.9-10.3.0.1' is no address, network (10.1.0.0/16) or range (10.1.0.1-10.1.0.9)")]
    [InlineData("addrs = 10.3.0.0/24\ndns = ns.example.org", "pools.p.dns: 'ns.example.org' is no address")]
    [InlineData("addrs = 10.3.0.0/24\nnbns = 2001:db8::1", "pools.p.nbns: '2001:db8::1': there is no such attribute for IPv6")]
    [InlineData("addrs = 10.3.0.0/24\nsubnet = 10.2.0.1", "pools.p.subnet: '10.2.0.1' is no network, such as 10.1.0.0/16")]
    [InlineData("addrs = 10.3.0.0/24\nsubnets = 10.2.0.0/16", "pools.p.subnets: unknown key, did you mean 'subnet'?")]
    [InlineData("addrs = 10.3.0.0/24\n40000 = x", "pools.p.40000: unknown key")]
    [InlineData("addrs = 10.3.0.0/24\naddress = 10.3.0.4", "pools.p.address: known in swanctl.conf, but not supported yet")]
    public void Mistakes_in_a_pool_are_named_with_their_place(string lines, string expected)
    {
        string error = Assert.Single(ConfigFolder.Errors($"pools {{\n p {{\n{lines}\n }}\n}}"));
        Assert.EndsWith(expected, error, StringComparison.Ordinal);
        Assert.Matches("^swanctl.conf:[0-9]+: ", error);
    }

    [Fact]
    public void An_address_is_in_one_pool_alone() => Assert.Equal(
        "swanctl.conf:4: pools.b.addrs: overlaps with pool 'a': an address must be in one pool alone",
        Assert.Single(ConfigFolder.Errors("pools {\n a { addrs = 10.3.0.0/24\n }\n b { addrs = 10.3.0.200-10.3.1.9\n }\n}")));

    [Fact]
    public void A_connection_names_pools_and_asks_for_addresses()
    {
        ConnectionConfig connection = Assert.Single(Load(
            ConfigFolder.Connection("pools = a, b\nvips = 0.0.0.0, ::, 10.3.0.9, %any6") + "pools { a { addrs = 10.3.0.0/24\n } b { addrs = 2001:db8:3::/64\n } }\n").Connections);
        Assert.Equal(["a", "b"], connection.Pools);
        Assert.Equal([IPAddress.Any, IPAddress.IPv6Any, IPAddress.Parse("10.3.0.9"), IPAddress.IPv6Any], connection.VirtualAddresses);
    }

    [Fact]
    public void A_pool_that_is_not_there_is_named_with_the_nearest_one() => Assert.Contains(
        "connections.c.pools: there is no pool 'road', did you mean 'roads'?",
        Assert.Single(ConfigFolder.Errors(ConfigFolder.Connection("pools = road") + "pools { roads { addrs = 10.3.0.0/24\n } }\n")), StringComparison.Ordinal);

    private static GatewayConfig Load(string text)
    {
        using ConfigFolder folder = new ConfigFolder().Write(text);
        ConfigurationResult result = folder.Load();
        Assert.Empty(result.Errors);
        return result.Config!;
    }
}
