using Concentrator.Ike.Proposals;
using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Tests.Proposals;

public sealed class ProposalFilterTests
{
    private static readonly Func<Transform, bool> NoGcm = t => t != new Transform(TransformType.Encryption, (ushort)EncryptionId.AesGcm16, t.KeyLength);

    [Theory]
    [InlineData("aes128gcm16, aes128-sha256", "ESP:AES_CBC_128/HMAC_SHA2_256_128/NO_EXT_SEQ")]
    [InlineData("aes128gcm16-chacha20poly1305", "ESP:CHACHA20_POLY1305_256/NO_EXT_SEQ")]
    [InlineData("aes128-sha256", "ESP:AES_CBC_128/HMAC_SHA2_256_128/NO_EXT_SEQ")]
    [InlineData("aes128gcm16, aes256gcm16", "ESP:AES_GCM_16_128/NO_EXT_SEQ, ESP:AES_GCM_16_256/NO_EXT_SEQ")]
    public void What_cannot_be_used_goes_while_another_remains(string configured, string expected) =>
        Assert.Equal(expected, string.Join(", ", ProposalFilter.Apply(ProposalList.Esp(configured), NoGcm).Select(ProposalText.Of)));

    [Fact]
    public void What_remains_is_numbered_without_gaps()
    {
        IReadOnlyList<Proposal> left = ProposalFilter.Apply(ProposalList.Esp("aes128gcm16, aes128-sha256, aes256-sha256"), NoGcm);

        Assert.Equal(new byte[] { 1, 2 }, left.Select(p => p.Number));
    }

    [Fact]
    public void Where_none_remains_the_list_is_as_configured()
    {
        IReadOnlyList<Proposal> configured = ProposalList.Esp("default");

        Assert.Same(configured, ProposalFilter.Apply(configured, _ => false));
    }

    [Fact]
    public void A_group_that_failed_its_self_test_is_not_offered()
    {
        IReadOnlyList<Proposal> left = ProposalFilter.Apply(
            ProposalList.Ike("default"), t => t != new Transform(TransformType.KeyExchangeMethod, (ushort)KeyExchangeMethod.Curve25519));

        Assert.Equal(2, left.Count);
        Assert.DoesNotContain(left.SelectMany(p => p.Transforms), t => t == new Transform(TransformType.KeyExchangeMethod, (ushort)KeyExchangeMethod.Curve25519));
    }
}
