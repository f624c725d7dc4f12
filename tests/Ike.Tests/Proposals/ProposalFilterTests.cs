using Concentrator.Ike.Proposals;
using Concentrator.Ike.Registries;
using Xunit;

namespace Concentrator.Ike.Tests.Proposals;

public sealed class ProposalFilterTests
{
    private static readonly Func<Transform, bool> NoGcm = t => t != Transform.Of(EncryptionId.AesGcm16, t.KeyLength);

    [Theory]
    [InlineData("aes128gcm16, aes128-sha256", "ESP:AES_CBC_128/HMAC_SHA2_256_128/NO_EXT_SEQ")]
    [InlineData("aes128gcm16-chacha20poly1305", "ESP:CHACHA20_POLY1305/NO_EXT_SEQ")]
    [InlineData("aes128-sha256", "ESP:AES_CBC_128/HMAC_SHA2_256_128/NO_EXT_SEQ")]
    [InlineData("aes128gcm16, aes256gcm16", "ESP:AES_GCM_16_128/NO_EXT_SEQ, ESP:AES_GCM_16_256/NO_EXT_SEQ")]
    public void What_cannot_be_used_goes_while_another_remains(string configured, string expected) =>
        Assert.Equal(expected, ProposalText.Format(ProposalFilter.Apply(ProposalParser.ParseEsp(configured).OrThrow(), NoGcm)));

    [Fact]
    public void What_remains_is_numbered_without_gaps()
    {
        IReadOnlyList<Proposal> left = ProposalFilter.Apply(ProposalParser.ParseEsp("aes128gcm16, aes128-sha256, aes256-sha256").OrThrow(), NoGcm);

        Assert.Equal(new byte[] { 1, 2 }, left.Select(p => p.Number));
    }

    [Fact]
    public void Where_none_remains_the_list_is_as_configured()
    {
        IReadOnlyList<Proposal> configured = ProposalParser.ParseEsp("default").OrThrow();

        Assert.Same(configured, ProposalFilter.Apply(configured, _ => false));
    }

    [Fact]
    public void A_group_that_failed_its_self_test_is_not_offered()
    {
        IReadOnlyList<Proposal> left = ProposalFilter.Apply(
            ProposalParser.ParseIke("default").OrThrow(), t => t != Transform.Of(KeyExchangeMethod.Curve25519));

        Assert.Equal(2, left.Count);
        Assert.DoesNotContain(left.SelectMany(p => p.Transforms), t => t == Transform.Of(KeyExchangeMethod.Curve25519));
    }
}
