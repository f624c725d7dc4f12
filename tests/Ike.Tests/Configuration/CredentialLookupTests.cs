using Concentrator.Ike.Configuration;
using Concentrator.Ike.Wire;
using Xunit;

namespace Concentrator.Ike.Tests.Configuration;

public sealed class CredentialLookupTests
{
    [Theory]
    [InlineData("anybody:", "anybody")]
    [InlineData("other:venus", null)]
    [InlineData("anybody: remote:carol", "remote")]
    [InlineData("anybody: local:moon", "local")]
    [InlineData("local:moon remote:carol", "remote")]
    [InlineData("remote:carol both:moon,carol local:moon", "both")]
    [InlineData("pattern:moon,*.org exact:moon,carol", "exact")]
    [InlineData("any:%any remote:carol", "remote")]
    [InlineData("any:%any local:moon", "local")]
    [InlineData("first:carol second:carol", "first")]
    [InlineData("cross:carol,dave both:carol,moon", "both")]
    public void The_best_key_wins(string keys, string? expected) =>
        Assert.Equal(expected, CredentialLookup.FindSharedKey(Read(keys), Id("moon"), Id("carol"))?.Name);

    [Fact]
    public void Without_keys_there_is_none() => Assert.Null(CredentialLookup.FindSharedKey([], Id("moon"), Id("carol")));

    [Fact]
    public void A_key_of_the_wrong_peer_is_not_found_for_another() =>
        Assert.Equal("dave", CredentialLookup.FindSharedKey(Read("carol:carol dave:dave"), Id("moon"), Id("dave"))?.Name);

    private static SharedKeyConfig[] Read(string keys) =>
    [
        .. keys.Split(' ').Select(key => key.Split(':')).Select(k => new SharedKeyConfig(
            k[0], [.. k[1].Split(',', StringSplitOptions.RemoveEmptyEntries).Select(IdentityPattern.Parse)], new Secret([1, 2, 3]))),
    ];

    private static Identity Id(string text) => IdentityPattern.Parse(text).Exact!;
}
