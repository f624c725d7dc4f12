using System.Net;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Proposals;
using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Tests.Configuration;

/// <summary>Which key and which connection a peer gets.</summary>
public sealed class LookupTests
{
    private static readonly Identity Moon = Identity.Parse("moon.example.org");
    private static readonly Identity Sun = Identity.Parse("sun.example.org");

    [Fact]
    public void The_key_that_names_both_ends_wins()
    {
        SharedKeyConfig anybody = Key("anybody"), peerOnly = Key("peer", "sun.example.org"), both = Key("both", "moon.example.org", "sun.example.org");
        Assert.Equal("both", CredentialLookup.FindSharedKey([anybody, peerOnly, both], Moon, Sun)!.Name);
        Assert.Equal("peer", CredentialLookup.FindSharedKey([anybody, peerOnly], Moon, Sun)!.Name);
        Assert.Equal("anybody", CredentialLookup.FindSharedKey([Key("other", "venus"), anybody], Moon, Sun)!.Name);
        Assert.Null(CredentialLookup.FindSharedKey([Key("other", "venus")], Moon, Sun));
    }

    [Theory]
    [InlineData("any:%any remote:sun.example.org", "remote")]
    [InlineData("any:%any local:moon.example.org", "local")]
    [InlineData("anybody: any:%any", "any")]
    [InlineData("local:moon.example.org remote:sun.example.org", "remote")]
    [InlineData("remote:sun.example.org both:moon.example.org,*.example.org", "both")]
    [InlineData("pattern:moon.example.org,*.example.org exact:moon.example.org,sun.example.org", "exact")]
    [InlineData("first:sun.example.org second:sun.example.org", "first")]
    public void The_best_key_wins(string keys, string expected) =>
        Assert.Equal(expected, CredentialLookup.FindSharedKey(
            [.. keys.Split(' ').Select(k => k.Split(':')).Select(k => Key(k[0], k[1].Split(',', StringSplitOptions.RemoveEmptyEntries)))], Moon, Sun)!.Name);

    [Theory]
    [InlineData("moon.*.org")]
    [InlineData("*moon.org")]
    [InlineData("*.*.org")]
    [InlineData("*.")]
    [InlineData("%anny")]
    [InlineData("@moon.*.org")]
    [InlineData("email:*.example.org")]
    [InlineData("fqdn:*@example.org")]
    public void What_looks_like_a_pattern_and_is_none_is_refused(string text) => Assert.Throws<FormatException>(() => IdentityPattern.Parse(text));

    [Theory]
    [InlineData("*.example.org", ".example.org", IdentityMatch.None)]
    [InlineData("*.example.org", "badexample.org", IdentityMatch.None)]
    [InlineData("keyid:a*b", "keyid:a*b", IdentityMatch.Exact)]
    [InlineData("keyid:Moon", "keyid:moon", IdentityMatch.None)]
    [InlineData("%any", "sun.example.org", IdentityMatch.Any)]
    [InlineData("sun.example.org", "SUN.example.org", IdentityMatch.Exact)]
    [InlineData("*.example.org", "sun.example.org", IdentityMatch.Wildcard)]
    [InlineData("*.example.org", "sun.example.com", IdentityMatch.None)]
    [InlineData("*@example.org", "carol@example.org", IdentityMatch.Wildcard)]
    [InlineData("*.example.org", "carol@x.example.org", IdentityMatch.None)]
    [InlineData("192.0.2.1", "192.0.2.1", IdentityMatch.Exact)]
    [InlineData("@*.example.org", "sun.example.org", IdentityMatch.Wildcard)]
    [InlineData("fqdn:*.example.org", "sun.example.org", IdentityMatch.Wildcard)]
    [InlineData("fqdn:*.example.org", "email:carol@sun.example.org", IdentityMatch.None)]
    [InlineData("email:*@example.org", "carol@example.org", IdentityMatch.Wildcard)]
    [InlineData("@@*@example.org", "carol@example.org", IdentityMatch.Wildcard)]
    [InlineData("asn1dn:C=CH, CN=*", "C=CH, CN=moon", IdentityMatch.Wildcard)]
    public void Patterns(string pattern, string identity, IdentityMatch expected) =>
        Assert.Equal(expected, IdentityPattern.Parse(pattern).Match(Identity.Parse(identity)));

    [Fact]
    public void A_key_that_names_us_and_somebody_else_is_not_for_this_peer()
    {
        SharedKeyConfig others = Key("others", "moon.example.org", "dave.example.org"), ours = Key("ours", "moon.example.org");
        Assert.Null(CredentialLookup.FindSharedKey([others], Moon, Sun));
        Assert.Equal("ours", CredentialLookup.FindSharedKey([others, ours], Moon, Sun)!.Name);
        Assert.Equal("others", CredentialLookup.FindSharedKey([others], Moon, null)!.Name);
        Assert.Null(CredentialLookup.FindSharedKey([others], Sun, null));
    }

    [Fact]
    public void The_most_exact_address_comes_first()
    {
        ConnectionConfig any = Connection("any", null), range = Connection("range", "192.0.2.0-192.0.2.255"), exact = Connection("exact", "192.0.2.7");
        var config = new GatewayConfig([any, range, exact], []);
        Assert.Equal(["exact", "range", "any"], Names(config, "192.0.2.7"));
        Assert.Equal(["range", "any"], Names(config, "192.0.2.8"));
        Assert.Equal(["any"], Names(config, "198.51.100.1"));
    }

    [Fact]
    public void The_smaller_network_comes_first_whatever_the_order_of_the_file()
    {
        ConnectionConfig wide = Connection("wide", "10.0.0.0-10.255.255.255"), narrow = Connection("narrow", "10.1.2.0-10.1.2.255"), any = Connection("any", null);
        ConnectionConfig here = narrow with { Name = "here", LocalAddresses = [Range("127.0.0.1")] };
        Assert.Equal(["here", "narrow", "wide", "any"], Names(new GatewayConfig([any, wide, narrow, here], []), "10.1.2.3"));
    }

    [Fact]
    public void The_identity_asked_for_comes_before_the_better_match_of_the_peer()
    {
        ConnectionConfig first = Connection("first", null) with { Local = new AuthConfig(IdentityPattern.Parse("a")), Remote = new AuthConfig(IdentityPattern.Parse("sun.example.org")) };
        ConnectionConfig second = Connection("second", null) with { Local = new AuthConfig(IdentityPattern.Parse("b")) };
        Assert.Equal("first", ConnectionLookup.FindForAuth([second, first], Sun, null)!.Name);
        Assert.Equal("second", ConnectionLookup.FindForAuth([first, second], Sun, Identity.Parse("b"))!.Name);
        Assert.Null(ConnectionLookup.FindForAuth([first], Moon, null));
    }

    private static IEnumerable<string> Names(GatewayConfig config, string remote) =>
        ConnectionLookup.FindForInit(config, IPAddress.Loopback, IPAddress.Parse(remote)).Select(c => c.Name);

    private static SharedKeyConfig Key(string name, params string[] ids) =>
        new(name, [.. ids.Select(IdentityPattern.Parse)], new Secret([1]));

    private static ConnectionConfig Connection(string name, string? remote) => new()
    {
        Name = name,
        Proposals = [ProposalParser.ParseIke("aes128gcm16-prfsha256-x25519", 1)],
        Local = new AuthConfig(null),
        Remote = new AuthConfig(null),
        Children = [],
        RemoteAddresses = remote is null ? [] : [Range(remote)],
    };

    private static AddressRange Range(string text)
    {
        string[] ends = text.Split('-');
        return new AddressRange(IPAddress.Parse(ends[0]), IPAddress.Parse(ends[^1]));
    }
}
