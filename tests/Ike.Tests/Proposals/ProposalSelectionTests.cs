using Concentrator.Ike.Proposals;
using Concentrator.Ike.Registries;
using Xunit;

namespace Concentrator.Ike.Tests.Proposals;

/// <summary>The responder's choice (RFC 7296 §2.7, §3.3).</summary>
public sealed class ProposalSelectionTests
{
    private static readonly byte[] PeerSpi = [0xc0, 0x1e, 0x42, 0x1a];

    [Fact]
    public void Our_order_decides_over_proposals_and_within_them()
    {
        Proposal[] configured = Ike("aes256gcm16-aes128gcm16-prfsha384-prfsha256-x25519, aes128-sha256-x25519");
        Proposal[] offered = Ike("aes128-sha256-x25519, aes128gcm16-aes256gcm16-prfsha256-prfsha384-ecp256-x25519");

        IkeSuite? suite = ProposalSelection.ChooseIke(configured, offered, out Proposal answer);

        Assert.Equal(new IkeSuite(EncryptionId.AesGcm16, 256, IntegrityId.None, PrfId.HmacSha384, KeyExchangeMethod.Curve25519), suite);
        Assert.Equal(2, answer.Number);
        Assert.Equal("IKE:AES_GCM_16_256/PRF_HMAC_SHA2_384/CURVE_25519", answer.ToString());
    }

    [Fact]
    public void Nothing_in_common_is_no_choice()
    {
        IkeSuite? suite = ProposalSelection.ChooseIke(Ike("aes128-sha256-x25519"), Ike("aes256-sha256-x25519, default")[..1], out Proposal answer);

        Assert.Null(suite);
        Assert.Same(Proposal.Empty, answer);
    }

    [Theory]
    [InlineData(KeyExchangeMethod.Ecp384, KeyExchangeMethod.Ecp384)]
    [InlineData(KeyExchangeMethod.Modp2048, KeyExchangeMethod.Curve25519)]
    [InlineData(KeyExchangeMethod.None, KeyExchangeMethod.Curve25519)]
    public void The_method_of_the_ke_payload_wins_when_it_is_acceptable(KeyExchangeMethod payload, KeyExchangeMethod chosen)
    {
        Proposal[] configured = Ike("aes128-sha256-x25519-ecp256-ecp384");
        Proposal[] offered = Ike("aes128-sha256-modp2048-ecp384-x25519");

        Assert.Equal(chosen, ProposalSelection.ChooseIke(configured, offered, out _, payload)!.KeyExchange);
    }

    [Fact]
    public void An_unknown_transform_type_spoils_its_proposal_and_no_other()
    {
        // RFC 7296 §3.3.6: a proposal with a transform type we do not understand is rejected, the others still count.
        Proposal[] plain = Ike("aes128-sha256-x25519, aes256-sha256-x25519");
        Proposal withAdditionalKe = plain[0] with { Transforms = [.. plain[0].Transforms, new Transform((TransformType)6, 36)] };

        IkeSuite? suite = ProposalSelection.ChooseIke(plain, [withAdditionalKe, plain[1]], out Proposal answer);

        Assert.Equal(256, suite!.KeyLength);
        Assert.Equal(2, answer.Number);
        Assert.Null(ProposalSelection.ChooseIke(plain, [withAdditionalKe], out _));
    }

    [Fact]
    public void A_transform_with_an_unknown_attribute_is_passed_over()
    {
        Proposal plain = Ike("aes256-aes128-sha256-x25519")[0];
        Proposal garnished = plain with { Transforms = [.. plain.Transforms.Select(t => t.KeyLength == 256 ? t with { HasUnknownAttribute = true } : t)] };

        Assert.Equal(128, ProposalSelection.ChooseIke([plain], [garnished], out _)!.KeyLength);
    }

    [Theory]
    [InlineData(EncryptionId.AesCbc, 0)]
    [InlineData(EncryptionId.AesCbc, 512)]
    [InlineData(EncryptionId.ChaCha20Poly1305, 256)]
    public void A_key_length_that_does_not_belong_makes_the_transform_unacceptable(EncryptionId cipher, int keyLength)
    {
        Proposal offered = new(1, ProtocolId.Ike, default,
        [
            Transform.Of(cipher, (ushort)keyLength), Transform.Of(IntegrityId.HmacSha256_128),
            Transform.Of(PrfId.HmacSha256), Transform.Of(KeyExchangeMethod.Curve25519),
        ]);

        Assert.Null(ProposalSelection.ChooseIke(Ike("default"), [offered], out _));
    }

    [Fact]
    public void Beside_an_aead_cipher_integrity_none_is_tolerated_and_echoed_and_any_other_refused()
    {
        Proposal[] configured = Ike("aes128gcm16-prfsha256-x25519");
        Proposal withNone = configured[0] with { Transforms = [.. configured[0].Transforms, Transform.Of(IntegrityId.None)] };
        Proposal withHmac = configured[0] with { Transforms = [.. withNone.Transforms, Transform.Of(IntegrityId.HmacSha256_128)] };

        Assert.NotNull(ProposalSelection.ChooseIke(configured, [withNone], out Proposal answer));
        Assert.Contains(Transform.Of(IntegrityId.None), answer.Transforms);
        Assert.Null(ProposalSelection.ChooseIke(configured, [withHmac], out _));
    }

    [Fact]
    public void A_proposal_without_a_mandatory_type_is_not_acceptable()
    {
        Proposal whole = Ike("aes128-sha256-x25519")[0];
        foreach (Transform missing in whole.Transforms)
        {
            Proposal offered = whole with { Transforms = [.. whole.Transforms.Where(t => t != missing)] };
            Assert.Null(ProposalSelection.ChooseIke([whole], [offered], out _));
        }
    }

    [Fact]
    public void In_ike_auth_key_exchange_methods_are_left_out_of_account()
    {
        Proposal[] configured = Esp("aes128gcm16-x25519");
        Proposal[] offered = Offer("aes128gcm16-ecp256");

        EspSuite? suite = ProposalSelection.ChooseEsp(configured, offered, withKeyExchange: false, out Proposal answer);

        Assert.Equal(KeyExchangeMethod.None, suite!.KeyExchange);
        Assert.Equal("ESP:AES_GCM_16_128/NO_EXT_SEQ", answer.ToString());
        Assert.Equal(PeerSpi, answer.Spi.ToArray());
        Assert.Null(ProposalSelection.ChooseEsp(configured, offered, withKeyExchange: true, out _));
    }

    [Fact]
    public void In_ike_auth_a_lone_none_is_answered_with_none()
    {
        EspSuite? suite = ProposalSelection.ChooseEsp(Esp("aes128gcm16-x25519"), Offer("aes128gcm16-modpnone"), false, out Proposal answer);

        Assert.NotNull(suite);
        Assert.Equal("ESP:AES_GCM_16_128/KE_NONE/NO_EXT_SEQ", answer.ToString());
    }

    [Theory]
    [InlineData("aes128gcm16", "aes128gcm16", KeyExchangeMethod.None, "ESP:AES_GCM_16_128/NO_EXT_SEQ")]
    [InlineData("aes128gcm16", "aes128gcm16-x25519", KeyExchangeMethod.Curve25519, null)]
    [InlineData("aes128gcm16-x25519", "aes128gcm16", KeyExchangeMethod.None, null)]
    [InlineData("aes128gcm16-x25519", "aes128gcm16-ecp256-x25519", KeyExchangeMethod.Ecp256, "ESP:AES_GCM_16_128/CURVE_25519/NO_EXT_SEQ")]
    [InlineData("aes128gcm16-x25519-modpnone", "aes128gcm16", KeyExchangeMethod.None, "ESP:AES_GCM_16_128/NO_EXT_SEQ")]
    [InlineData("aes128gcm16", "aes128gcm16-x25519-modpnone", KeyExchangeMethod.Curve25519, "ESP:AES_GCM_16_128/KE_NONE/NO_EXT_SEQ")]
    [InlineData("aes128gcm16-esn-noesn", "aes128gcm16-noesn-esn", KeyExchangeMethod.None, "ESP:AES_GCM_16_128/EXT_SEQ")]
    [InlineData("aes128gcm16-noesn", "aes128gcm16-esn", KeyExchangeMethod.None, null)]
    public void In_create_child_sa_perfect_forward_secrecy_follows_both_sides(
        string configured, string offered, KeyExchangeMethod payload, string? expected)
    {
        EspSuite? suite = ProposalSelection.ChooseEsp(Esp(configured), Offer(offered), true, out Proposal answer, payload);

        Assert.Equal(expected, suite is null ? null : answer.ToString());
    }

    [Fact]
    public void An_offer_without_an_esn_transform_means_no_extended_sequence_numbers()
    {
        Proposal offered = Offer("aes128gcm16")[0];
        offered = offered with { Transforms = [.. offered.OfType(TransformType.Encryption)] };

        EspSuite? suite = ProposalSelection.ChooseEsp(Esp("aes128gcm16-esn-noesn"), [offered], true, out Proposal answer);

        Assert.False(suite!.ExtendedSequenceNumbers);
        Assert.Single(answer.Transforms);
    }

    [Fact]
    public void An_spi_of_the_wrong_size_or_another_protocol_is_not_acceptable()
    {
        Proposal offered = Offer("aes128gcm16")[0];

        Assert.Null(ProposalSelection.ChooseEsp(Esp("aes128gcm16"), [offered.WithSpi(new byte[8])], true, out _));
        Assert.Null(ProposalSelection.ChooseEsp(Esp("aes128gcm16"), [offered with { Protocol = ProtocolId.Ah }], true, out _));
    }

    [Fact]
    public void What_is_not_usable_is_not_chosen_while_another_remains()
    {
        Proposal[] configured = Esp("aes128gcm16, aes128-sha256");
        Func<Transform, bool> noGcm = t => t.Id != (ushort)EncryptionId.AesGcm16;

        Assert.Equal(EncryptionId.AesCbc, ProposalSelection.ChooseEsp(configured, Offer("default"), false, out _, usable: noGcm)!.Encryption);
        Assert.Equal(EncryptionId.AesGcm16, ProposalSelection.ChooseEsp(configured[..1], Offer("default"), false, out _, usable: noGcm)!.Encryption);
    }

    private static Proposal[] Ike(string text) => [.. ProposalParser.ParseIke(text).OrThrow()];

    private static Proposal[] Esp(string text) => [.. ProposalParser.ParseEsp(text).OrThrow()];

    private static Proposal[] Offer(string text) => [.. Esp(text).Select(p => p.WithSpi(PeerSpi))];
}
