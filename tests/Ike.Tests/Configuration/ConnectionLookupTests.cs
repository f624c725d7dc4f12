using System.Net;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Wire;
using Xunit;

namespace Concentrator.Ike.Tests.Configuration;

public sealed class ConnectionLookupTests
{
    private static readonly IPAddress Moon = IPAddress.Parse("192.0.2.1");
    private static readonly IPAddress Carol = IPAddress.Parse("198.51.100.7");

    [Fact]
    public void The_more_specific_addresses_come_first_the_remote_one_deciding()
    {
        GatewayConfig config = Config(
            Connection("any"),
            Connection("family", remote: "0.0.0.0/0"),
            Connection("elsewhere", remote: "203.0.113.0/24"),
            Connection("net", remote: "198.51.100.0/24"),
            Connection("net-here", remote: "198.51.100.0/24", local: "192.0.2.1"),
            Connection("not-here", remote: "198.51.100.7", local: "192.0.2.2"),
            Connection("host", remote: "203.0.113.9,198.51.100.7"),
            Connection("any-too"));

        Assert.Equal(
            ["host", "net-here", "net", "family", "any", "any-too"],
            ConnectionLookup.FindForInit(config, Moon, Carol).Select(c => c.Name));
    }

    [Fact]
    public void The_better_identity_match_comes_first()
    {
        ConnectionConfig[] candidates =
        [
            Connection("any"), Connection("pattern", remoteId: "*.example.org"), Connection("exact", remoteId: "carol.example.org"),
            Connection("other", remoteId: "dave.example.org"),
        ];

        Assert.Equal(["exact", "pattern", "any"], ConnectionLookup.FindForAuth(candidates, Id("carol.example.org"), null).Select(c => c.Name));
    }

    [Fact]
    public void Whom_the_peer_asks_for_must_be_who_we_are()
    {
        ConnectionConfig[] candidates = [Connection("unnamed"), Connection("sun", localId: "sun"), Connection("moon", localId: "moon")];

        Assert.Equal(["moon", "unnamed"], ConnectionLookup.FindForAuth(candidates, Id("carol"), Id("moon")).Select(c => c.Name));
        Assert.Equal(["unnamed", "sun", "moon"], ConnectionLookup.FindForAuth(candidates, Id("carol"), null).Select(c => c.Name));
    }

    private static GatewayConfig Config(params ConnectionConfig[] connections) => new(connections, []);

    private static ConnectionConfig Connection(
        string name, string? local = null, string? remote = null, string? localId = null, string? remoteId = null) => new()
        {
            Name = name,
            LocalAddresses = Ranges(local),
            RemoteAddresses = Ranges(remote),
            Local = new AuthConfig(localId is null ? null : IdentityPattern.Parse(localId)),
            Remote = new AuthConfig(remoteId is null ? null : IdentityPattern.Parse(remoteId)),
            Proposals = [],
            Children = [],
        };

    private static AddressRange[] Ranges(string? text) =>
        [.. text?.Split(',').Select(t => AddressRange.TryParse(t, out AddressRange? range) ? range : throw new FormatException(t)) ?? []];

    private static Identity Id(string text) => IdentityPattern.Parse(text).Exact!;
}
