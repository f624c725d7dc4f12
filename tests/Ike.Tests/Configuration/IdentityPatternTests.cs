using System.Text;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Wire;
using CsCheck;
using Xunit;

namespace Concentrator.Ike.Tests.Configuration;

public sealed class IdentityPatternTests
{
    [Theory]
    [InlineData("moon.strongswan.org", IdType.Fqdn, "moon.strongswan.org")]
    [InlineData("@moon", IdType.Fqdn, "moon")]
    [InlineData("fqdn:carol@strongswan.org", IdType.Fqdn, "carol@strongswan.org")]
    [InlineData("carol@strongswan.org", IdType.Rfc822Address, "carol@strongswan.org")]
    [InlineData("@@carol", IdType.Rfc822Address, "carol")]
    [InlineData("email:carol", IdType.Rfc822Address, "carol")]
    [InlineData("keyid:branch 7", IdType.KeyId, "branch 7")]
    [InlineData("keyid:#6162", IdType.KeyId, "ab")]
    [InlineData("@#6162", IdType.KeyId, "ab")]
    [InlineData("192.0.2.1", IdType.Ipv4Address, "\xC0\0\x02\x01")]
    [InlineData("ipv4:192.0.2.1", IdType.Ipv4Address, "\xC0\0\x02\x01")]
    public void The_type_follows_from_the_form(string text, IdType type, string latin1) =>
        Assert.Equal(new Identity(type, Encoding.Latin1.GetBytes(latin1)), IdentityPattern.Parse(text).Exact);

    [Theory]
    [InlineData("", "empty identity")]
    [InlineData("fqdn:", "empty identity")]
    [InlineData("%anny", "unknown identity '%anny', did you mean '%any'?")]
    [InlineData("C=CH, O=strongSwan, CN=moon", "distinguished names are not supported yet (for a key id write keyid: before it)")]
    [InlineData("moon.*.org", "'*' may only stand for the first label of a name")]
    [InlineData("*moon.org", "'*' may only stand for the first label of a name")]
    [InlineData("*.*.org", "'*' may only stand for the first label of a name")]
    [InlineData("keyid:#616", "a key id after '#' is an even number of hexadecimal digits")]
    [InlineData("ipv4:2001:db8::1", "'2001:db8::1' is of the other address family")]
    [InlineData("ipv6:moon", "'moon' is no address")]
    [InlineData("mo\non", "identity has control characters")]
    public void What_is_no_identity_says_why(string text, string expected)
    {
        Assert.False(IdentityPattern.TryParse(text, out _, out string? error));
        Assert.Equal(expected, error);
    }

    [Theory]
    [InlineData("%any")]
    [InlineData("*")]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    public void Several_words_mean_anybody(string text) => Assert.True(IdentityPattern.Parse(text).IsAny);

    [Theory]
    [InlineData("*.example.org", "vpn.example.org", IdentityMatch.Wildcard)]
    [InlineData("*.example.org", "a.b.EXAMPLE.org", IdentityMatch.Wildcard)]
    [InlineData("*.example.org", ".example.org", IdentityMatch.None)]
    [InlineData("*.example.org", "badexample.org", IdentityMatch.None)]
    [InlineData("*.example.org", "carol@vpn.example.org", IdentityMatch.None)]
    [InlineData("*@example.org", "carol@example.org", IdentityMatch.Wildcard)]
    [InlineData("*@example.org", "vpn.example.org", IdentityMatch.None)]
    [InlineData("Moon.example.org", "moon.EXAMPLE.org", IdentityMatch.Exact)]
    [InlineData("moon.example.org", "email:moon.example.org", IdentityMatch.None)]
    [InlineData("keyid:Moon", "keyid:moon", IdentityMatch.None)]
    [InlineData("%any", "keyid:whoever", IdentityMatch.Any)]
    public void Patterns_match_with_a_quality(string pattern, string identity, IdentityMatch expected) =>
        Assert.Equal(expected, IdentityPattern.Parse(pattern).Match(IdentityPattern.Parse(identity).Exact!));

    [Fact]
    public void Names_are_compared_as_octets_where_they_are_no_ascii()
    {
        Identity odd = new(IdType.Fqdn, [0xff, 0xfe]);

        Assert.Equal(IdentityMatch.Exact, new IdentityPattern(odd, null, null).Match(new Identity(IdType.Fqdn, [0xff, 0xfe])));
        Assert.Equal(IdentityMatch.None, new IdentityPattern(odd, null, null).Match(new Identity(IdType.Fqdn, [0xff, 0xff])));
    }

    [Fact]
    public void Whatever_parses_is_written_so_that_it_parses_the_same() =>
        Gen.Select(Gen.OneOf("", "@", "@@", "@#", "fqdn:", "email:", "keyid:", "keyid:#", "*.", "*@", "ipv4:"), Gen.String[Gen.Char[" @.#*:aA19%="], 0, 8])
            .Sample((prefix, rest) =>
            {
                if (!IdentityPattern.TryParse(prefix + rest, out IdentityPattern? pattern, out _)) return;
                Assert.Equal(pattern, IdentityPattern.Parse(pattern.ToString()));
            });
}
