using Concentrator.Ike.Proposals;
using Concentrator.Ike.Registries;
using Xunit;

namespace Concentrator.Ike.Tests.Proposals;

public sealed class ProposalParserTests
{
    [Theory]
    [InlineData("aes256-sha256-modp2048", "IKE:AES_CBC_256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/MODP_2048")]
    [InlineData("aes128gcm16-prfsha256-x25519", "IKE:AES_GCM_16_128/PRF_HMAC_SHA2_256/CURVE_25519")]
    [InlineData("aes256gcm128-prfsha2_384-ecp384", null)]
    [InlineData("aes256gcm128-prfsha384-ecp384", "IKE:AES_GCM_16_256/PRF_HMAC_SHA2_384/ECP_384")]
    [InlineData("chacha20poly1305-prfsha256-x25519", "IKE:CHACHA20_POLY1305/PRF_HMAC_SHA2_256/CURVE_25519")]
    [InlineData("aes-sha2_512-curve25519", "IKE:AES_CBC_128/HMAC_SHA2_512_256/PRF_HMAC_SHA2_512/CURVE_25519")]
    [InlineData("AES192-SHA384-MODP3072", "IKE:AES_CBC_192/HMAC_SHA2_384_192/PRF_HMAC_SHA2_384/MODP_3072")]
    [InlineData("aes256-sha256-prfsha512-modp4096", "IKE:AES_CBC_256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_512/MODP_4096")]
    [InlineData(
        "aes128-aes256-sha256-sha384-ecp256-x25519",
        "IKE:AES_CBC_128/AES_CBC_256/HMAC_SHA2_256_128/HMAC_SHA2_384_192/PRF_HMAC_SHA2_256/PRF_HMAC_SHA2_384/ECP_256/CURVE_25519")]
    [InlineData("aes128-aes128-sha256-sha2_256-x25519-curve25519", "IKE:AES_CBC_128/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/CURVE_25519")]
    public void Ike_proposals_read_as_strongswan_prints_them(string text, string? expected)
    {
        ProposalParseResult result = ProposalParser.ParseIke(text);

        Assert.Equal(expected, result.Proposals.Count == 0 ? null : ProposalText.Format(result.Proposals));
        Assert.Equal(expected is null, result.Error is not null);
    }

    [Theory]
    [InlineData("aes128gcm16", "ESP:AES_GCM_16_128/NO_EXT_SEQ")]
    [InlineData("aes128gcm16-ecp256-esn", "ESP:AES_GCM_16_128/ECP_256/EXT_SEQ")]
    [InlineData("aes256-sha512-esn-noesn", "ESP:AES_CBC_256/HMAC_SHA2_512_256/EXT_SEQ/NO_EXT_SEQ")]
    [InlineData("aes256-sha256-modp2048-modpnone", "ESP:AES_CBC_256/HMAC_SHA2_256_128/MODP_2048/KE_NONE/NO_EXT_SEQ")]
    [InlineData("aes256gcm16-sha384-ecp384", "ESP:AES_GCM_16_256/ECP_384/NO_EXT_SEQ")]
    public void Esp_proposals_have_an_optional_group_and_a_sequence_number_mode(string text, string expected) =>
        Assert.Equal(expected, ProposalText.Format(ProposalParser.ParseEsp(text).OrThrow()));

    [Fact]
    public void An_aead_ike_proposal_takes_its_prf_from_an_integrity_word_as_strongswan_does() =>
        Assert.Equal("IKE:AES_GCM_16_256/PRF_HMAC_SHA2_384/ECP_384", ProposalParser.ParseIke("aes256gcm16-sha384-ecp384").OrThrow()[0].ToString());

    [Theory]
    [InlineData("", "empty proposal")]
    [InlineData("aes128-sha256-x25519,", "empty proposal")]
    [InlineData("aes128--x25519", "unknown algorithm ''")]
    [InlineData("aes129-sha256-x25519", "unknown algorithm 'aes129', did you mean 'aes128'?")]
    [InlineData("aes128-sha265-x25519", "unknown algorithm 'sha265', did you mean 'sha256'?")]
    [InlineData("aes128-sha256-x25591", "unknown algorithm 'x25591', did you mean 'x25519'?")]
    [InlineData("aes128-sha256-kyber", "unknown algorithm 'kyber'")]
    [InlineData("3des-sha256-modp2048", "algorithm '3des' is not supported")]
    [InlineData("aes128-sha1-modp2048", "algorithm 'sha1' is not supported")]
    [InlineData("aes128-aes128gcm16-sha256-x25519", "AEAD and classic encryption in one proposal: write two proposals, one of each kind")]
    [InlineData("sha256-x25519", "no encryption algorithm")]
    [InlineData("aes128-x25519", "no integrity algorithm, which classic encryption needs (such as sha256)")]
    [InlineData("aes128-sha256", "no key exchange method, which an IKE proposal needs (such as x25519)")]
    [InlineData("aes128gcm16-x25519", "no PRF, which AEAD encryption needs in an IKE proposal (such as prfsha256)")]
    [InlineData("aes128-sha256-x25519-esn", "extended sequence numbers are for ESP proposals only")]
    [InlineData("aes128-sha256-x25519-modpnone", "'modpnone' is for ESP proposals only")]
    public void A_wrong_ike_proposal_says_what_is_wrong(string text, string error) => Assert.Equal(error, ProposalParser.ParseIke(text).Error);

    [Theory]
    [InlineData("aes128", "no integrity algorithm, which classic encryption needs (such as sha256)")]
    [InlineData("aes128gcm16-prfsha256", "a PRF is for IKE proposals only")]
    [InlineData("aes128gcm16-nosen", "unknown algorithm 'nosen', did you mean 'noesn'?")]
    public void A_wrong_esp_proposal_says_what_is_wrong(string text, string error) => Assert.Equal(error, ProposalParser.ParseEsp(text).Error);

    [Fact]
    public void A_list_is_numbered_without_gaps_and_default_takes_two_numbers()
    {
        IReadOnlyList<Proposal> proposals = ProposalParser.ParseIke("aes128-sha256-x25519, default, aes256gcm16-prfsha256-ecp256").OrThrow();

        Assert.Equal(new byte[] { 1, 2, 3, 4 }, proposals.Select(p => p.Number));
        Assert.True(proposals[1].OfType(TransformType.Encryption).All(t => t.IsAead));
        Assert.Empty(proposals[1].OfType(TransformType.Integrity));
        Assert.DoesNotContain(proposals[2].OfType(TransformType.Encryption), t => t.IsAead);
    }

    [Fact]
    public void Default_offers_every_supported_algorithm()
    {
        HashSet<Transform> offered = [.. ProposalBuilder.DefaultIke(1).Concat(ProposalBuilder.DefaultEsp(1)).SelectMany(p => p.Transforms)];

        IEnumerable<Transform> expected = AlgorithmKeywords.All.Select(k => k.Transform)
            .Where(t => t.Type != TransformType.ExtendedSequenceNumbers && t != Transform.Of(KeyExchangeMethod.None));
        Assert.All(expected, t => Assert.Contains(t, offered));
    }

    [Fact]
    public void Numbers_end_at_one_octet() =>
        Assert.Equal("too many proposals", ProposalParser.ParseEsp(string.Join(',', Enumerable.Repeat("aes128gcm16", 300))).Error);

    [Fact]
    public void Aes_transforms_carry_a_key_length_and_chacha_carries_none()
    {
        // RFC 7296 §3.3.5: the Key Length attribute is for ciphers with variable keys only.
        IReadOnlyList<Proposal> proposals = ProposalParser.ParseEsp("default").OrThrow();

        Assert.All(proposals.SelectMany(p => p.OfType(TransformType.Encryption)), t =>
            Assert.Equal(t.Id == (ushort)EncryptionId.ChaCha20Poly1305, t.KeyLength == 0));
    }
}
