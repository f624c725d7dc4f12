using System.Net;
using System.Text;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Proposals;

namespace Concentrator.Ike.Tests.Configuration;

/// <summary>Changes of a configuration: what is the same stays the same object, what is spare is zeroed.</summary>
public class ConfigurationChangeTests
{
    public static TheoryData<string, Func<ConnectionConfig, ConnectionConfig>> Differences => new()
    {
        { "addresses", c => c with { RemoteAddresses = [new AddressRange(IPAddress.Loopback, IPAddress.Loopback)] } },
        { "port", c => c with { RemotePort = 501 } },
        { "proposals", c => c with { Proposals = [ProposalParser.ParseIke("aes256gcm16-prfsha256-x25519", 1)] } },
        { "identity", c => c with { Remote = c.Remote with { Id = IdentityPattern.Parse("other.example.org") } } },
        { "signatures", c => c with { Local = c.Local with { Signatures = SignatureConstraints.Parse("rsa-sha256") } } },
        { "dpd", c => c with { DpdDelay = TimeSpan.FromSeconds(30) } },
        { "unique", c => c with { Unique = UniquePolicy.Replace } },
        { "child's selector", c => c with { Children = [c.Children[0] with { LocalSelectors = [] }] } },
        { "child's proposal", c => c with { Children = [c.Children[0] with { Proposals = [ProposalParser.ParseEsp("aes256gcm16", 1)] }] } },
        { "child's action", c => c with { Children = [c.Children[0] with { StartAction = ChildAction.Trap }] } },
        { "child's lifetime", c => c with { Children = [c.Children[0] with { Lifetime = new ChildLifetime { RekeyBytes = 1 } }] } },
        { "one more child", c => c with { Children = [.. c.Children, c.Children[0] with { Name = "second" }] } },
    };

    [Fact]
    public void What_is_read_twice_is_the_same() => Assert.True(Connection("a").IsSameAs(Connection("a")));

    [Theory]
    [MemberData(nameof(Differences))]
    public void Every_difference_counts(string what, Func<ConnectionConfig, ConnectionConfig> change)
    {
        ConnectionConfig changed = change(Connection("a"));
        Assert.False(changed.IsSameAs(Connection("a")), what);
        Assert.Equal(what.Contains("child", StringComparison.Ordinal), changed.IsSameButForChildren(Connection("a")));
    }

    [Fact]
    public void What_did_not_change_stays_the_same_object_and_spare_keys_are_zeroed()
    {
        GatewayConfig current = new([Connection("a"), Connection("b")], [Key("one", "k1"), Key("two", "k2")]);
        GatewayConfig fresh = new([Connection("b"), Connection("a") with { RemotePort = 501 }], [Key("one", "k1"), Key("two", "other")]);
        GatewayConfig merged = fresh.InPlaceOf(current);

        Assert.Same(current.Connections[1], merged.Connections[0]);
        Assert.Same(fresh.Connections[1], merged.Connections[1]);
        Assert.Same(current.SharedKeys[0], merged.SharedKeys[0]);
        Assert.Throws<ObjectDisposedException>(() => fresh.SharedKeys[0].Key.Span.Length);
        Assert.Equal("other", Encoding.ASCII.GetString(merged.SharedKeys[1].Key.Span));
        // The old one may still be needed: its owner says when not.
        Assert.Equal(2, current.SharedKeys[1].Key.Length);
    }

    [Fact]
    public void A_part_of_the_same_name_is_replaced_in_its_place()
    {
        GatewayConfig config = new([Connection("a"), Connection("b")], [Key("one", "k1")]);
        Assert.Same(config, config.With(Connection("a")));
        Assert.Equal(["a", "b", "c"], config.With(Connection("a") with { RemotePort = 501 }).With(Connection("c")).Connections.Select(c => c.Name));
        Assert.Equal(["b"], config.WithoutConnection("a").Connections.Select(c => c.Name));
        SharedKeyConfig again = Key("one", "k1");
        Assert.Same(config, config.With(again));
        Assert.Throws<ObjectDisposedException>(() => again.Key.Span.Length);
        Assert.Equal(["one", "two"], config.With(Key("one", "new")).With(Key("two", "k")).SharedKeys.Select(k => k.Name));
        Assert.Empty(config.WithoutCredentials().SharedKeys);
        Assert.Equal(2, config.WithoutCredentials().Connections.Count);
    }

    private static SharedKeyConfig Key(string name, string key) => new(name, [IdentityPattern.Parse("peer.example.org")], new Secret(Encoding.ASCII.GetBytes(key)));

    private static ConnectionConfig Connection(string name) => new()
    {
        Name = name,
        LocalAddresses = [new AddressRange(IPAddress.Parse("192.0.2.1"), IPAddress.Parse("192.0.2.1"))],
        Proposals = [ProposalParser.ParseIke("aes128gcm16-prfsha256-x25519", 1)],
        Local = new AuthConfig(IdentityPattern.Parse("C=CH, CN=*")),
        Remote = new AuthConfig(IdentityPattern.Parse("*.example.org")),
        Children =
        [
            new ChildConfig
            {
                Name = "net",
                Proposals = [ProposalParser.ParseEsp("aes128gcm16", 1)],
                LocalSelectors = [new SelectorConfig(new AddressRange(IPAddress.Parse("10.1.0.0"), IPAddress.Parse("10.1.255.255")), 6, 80, 80)],
            },
        ],
    };
}
