using Concentrator.Ike.Proposals;
using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Tests.Proposals;

/// <summary>The responder's choice and the initiator's check (RFC 7296 §2.7, §3.3).</summary>
public sealed class ProposalSelectionTests
{
    private static readonly Transform Gcm = new(TransformType.Encryption, (ushort)EncryptionId.AesGcm16, 128);
    private static readonly Transform Prf = new(TransformType.PseudorandomFunction, (ushort)PrfId.HmacSha256);
    private static readonly Transform X25519 = new(TransformType.KeyExchangeMethod, (ushort)KeyExchangeMethod.Curve25519);
    private static readonly Transform NoEsn = new(TransformType.ExtendedSequenceNumbers, 0);

    private readonly Proposal _ike = ProposalParser.ParseIke("aes128gcm16-prfsha256-x25519", 1);
    private readonly Proposal _esp = ProposalParser.ParseEsp("aes128gcm16", 1);

    [Fact]
    public void Our_order_decides_and_the_answer_keeps_the_peers_number_and_spi()
    {
        Proposal[] ours = [ProposalParser.ParseEsp("aes256gcm16", 1), ProposalParser.ParseEsp("aes128gcm16", 2)];
        Proposal[] theirs = [ProposalParser.ParseEsp("aes128gcm16", 1).WithSpi(0xc1), ProposalParser.ParseEsp("aes256gcm16", 2).WithSpi(0xc2)];
        EspSuite? suite = ProposalSelection.ChooseEsp(ours, theirs, false, KeyExchangeMethod.None, out Proposal? answer);
        Assert.Equal(256, suite!.KeyLength);
        Assert.Equal(2, answer!.Number);
        Assert.Equal(theirs[1].Spi.ToArray(), answer.Spi.ToArray());
        Assert.All(answer.Transforms.GroupBy(t => t.Type), group => Assert.Single(group));
    }

    [Fact]
    public void The_group_of_the_ke_payload_wins_where_several_fit()
    {
        Proposal[] both = [ProposalParser.ParseIke("aes128gcm16-prfsha256-ecp384-x25519", 1)];
        Assert.Equal(KeyExchangeMethod.Curve25519, ProposalSelection.ChooseIke(both, both, KeyExchangeMethod.Curve25519, out _)!.KeyExchange);
        Assert.Equal(KeyExchangeMethod.Ecp384, ProposalSelection.ChooseIke(both, both, KeyExchangeMethod.Modp2048, out _)!.KeyExchange);
    }

    [Fact]
    public void An_unknown_transform_type_spoils_its_proposal_only()
    {
        Proposal strange = _ike with { Transforms = [.. _ike.Transforms, new Transform((TransformType)99, 1)] };
        Assert.Null(ProposalSelection.ChooseIke([_ike], [strange], KeyExchangeMethod.Curve25519, out _));
        Assert.NotNull(ProposalSelection.ChooseIke([_ike], [strange, _ike with { Number = 2 }], KeyExchangeMethod.Curve25519, out Proposal? answer));
        Assert.Equal(2, answer!.Number);
    }

    [Fact]
    public void An_unknown_id_or_attribute_spoils_its_transform_only()
    {
        Transform odd = Gcm with { HasUnknownAttribute = true };
        Assert.Null(ProposalSelection.ChooseIke([_ike], [Offer(odd, Prf, X25519)], KeyExchangeMethod.Curve25519, out _));
        Assert.NotNull(ProposalSelection.ChooseIke(
            [_ike], [Offer(odd, new Transform(TransformType.Encryption, 4000), Gcm, Prf, X25519)], KeyExchangeMethod.Curve25519, out _));
    }

    [Fact]
    public void The_key_length_must_be_the_same_and_absent_where_it_means_nothing()
    {
        Assert.Null(ProposalSelection.ChooseIke([_ike], [Offer(Gcm with { KeyLength = 256 }, Prf, X25519)], KeyExchangeMethod.Curve25519, out _));
        Assert.Null(ProposalSelection.ChooseIke([_ike], [Offer(Gcm with { KeyLength = 0 }, Prf, X25519)], KeyExchangeMethod.Curve25519, out _));
        Proposal chacha = ProposalParser.ParseEsp("chacha20poly1305", 1);
        Proposal withLength = chacha with { Transforms = [.. chacha.Transforms.Select(t => t.Type == TransformType.Encryption ? t with { KeyLength = 256 } : t)] };
        Assert.Null(ProposalSelection.ChooseEsp([chacha], [withLength], false, KeyExchangeMethod.None, out _));
    }

    [Fact]
    public void Integrity_none_beside_an_aead_is_fine_and_any_other_is_not()
    {
        Transform none = new(TransformType.Integrity, 0);
        Transform sha = new(TransformType.Integrity, (ushort)IntegrityId.HmacSha256_128);
        Assert.NotNull(ProposalSelection.ChooseIke([_ike], [Offer(Gcm, Prf, none, X25519)], KeyExchangeMethod.Curve25519, out _));
        Assert.Null(ProposalSelection.ChooseIke([_ike], [Offer(Gcm, Prf, sha, X25519)], KeyExchangeMethod.Curve25519, out _));
        Assert.Null(ProposalSelection.ChooseIke([_ike], [Offer(Gcm, Prf, none, sha, X25519)], KeyExchangeMethod.Curve25519, out _));
    }

    [Theory]
    [InlineData("aes128gcm16", "aes128gcm16-x25519", KeyExchangeMethod.Curve25519, null)]
    [InlineData("aes128gcm16-x25519", "aes128gcm16-ecp256-x25519", KeyExchangeMethod.Ecp256, KeyExchangeMethod.Curve25519)]
    [InlineData("aes128gcm16-x25519-modpnone", "aes128gcm16", KeyExchangeMethod.None, KeyExchangeMethod.None)]
    [InlineData("aes128gcm16-x25519-modpnone", "aes128gcm16-x25519-modpnone", KeyExchangeMethod.None, KeyExchangeMethod.None)]
    [InlineData("aes128gcm16", "aes128gcm16-x25519-modpnone", KeyExchangeMethod.Curve25519, KeyExchangeMethod.None)]
    public void Perfect_forward_secrecy_follows_both_sides(string configured, string offered, KeyExchangeMethod payload, KeyExchangeMethod? expected) =>
        Assert.Equal(expected, ProposalSelection.ChooseEsp(ProposalList.Esp(configured), ProposalList.Esp(offered), true, payload, out _)?.KeyExchange);

    [Fact]
    public void A_mandatory_type_that_is_missing_is_no_offer()
    {
        Assert.Null(ProposalSelection.ChooseIke([_ike], [Offer(Gcm, X25519)], KeyExchangeMethod.Curve25519, out _));
        Assert.Null(ProposalSelection.ChooseIke([_ike], [Offer(Gcm, Prf)], KeyExchangeMethod.Curve25519, out _));
        Assert.Null(ProposalSelection.ChooseIke([_ike], [Offer(Prf, X25519)], KeyExchangeMethod.Curve25519, out _));
    }

    [Fact]
    public void Silence_about_esn_means_none()
    {
        Proposal silent = _esp with { Transforms = [Gcm] };
        Assert.False(ProposalSelection.ChooseEsp([_esp], [silent], false, KeyExchangeMethod.None, out _)!.ExtendedSequenceNumbers);
        Assert.Null(ProposalSelection.ChooseEsp([ProposalParser.ParseEsp("aes128gcm16-esn", 1)], [silent], false, KeyExchangeMethod.None, out _));
    }

    [Fact]
    public void In_ike_auth_no_group_counts_and_later_it_does()
    {
        Proposal withGroup = ProposalParser.ParseEsp("aes128gcm16-x25519", 1);
        Assert.NotNull(ProposalSelection.ChooseEsp([withGroup], [_esp], false, KeyExchangeMethod.None, out _));
        Assert.Null(ProposalSelection.ChooseEsp([withGroup], [_esp], true, KeyExchangeMethod.None, out _));
        Assert.Equal(
            KeyExchangeMethod.Curve25519,
            ProposalSelection.ChooseEsp([withGroup], [withGroup], true, KeyExchangeMethod.Curve25519, out _)!.KeyExchange);
    }

    [Fact]
    public void The_initiator_takes_one_proposal_with_one_transform_of_each_type_that_it_offered()
    {
        Proposal[] offered = [ProposalParser.ParseEsp("aes128gcm16-aes256gcm16", 1)];
        Proposal good = new(1, ProtocolId.Esp, default, [Gcm, NoEsn]);
        Assert.NotNull(ProposalSelection.AcceptEsp(offered, [good]));
        Assert.Null(ProposalSelection.AcceptEsp(offered, []));
        Assert.Null(ProposalSelection.AcceptEsp(offered, [good, good]));
        Assert.Null(ProposalSelection.AcceptEsp(offered, [good with { Number = 2 }]));
        Assert.Null(ProposalSelection.AcceptEsp(offered, [good with { Protocol = ProtocolId.Ah }]));
        Assert.Null(ProposalSelection.AcceptEsp(offered, [good with { Transforms = [Gcm, Gcm with { KeyLength = 256 }, NoEsn] }]));
        Assert.Null(ProposalSelection.AcceptEsp(offered, [good with { Transforms = [Gcm with { KeyLength = 192 }, NoEsn] }]));
        Assert.Null(ProposalSelection.AcceptEsp(offered, [good with { Transforms = [NoEsn] }]));
        Assert.Null(ProposalSelection.AcceptEsp(offered, [good with { Transforms = [Gcm, new Transform(TransformType.ExtendedSequenceNumbers, 1)] }]));
        Assert.Null(ProposalSelection.AcceptIke([_ike], [Offer(Gcm, Prf, new Transform(TransformType.KeyExchangeMethod, 14))]));
    }

    [Fact]
    public void What_is_unusable_gives_way_only_while_something_else_remains()
    {
        Proposal[] both = [ProposalParser.ParseEsp("aes128gcm16", 1), ProposalParser.ParseEsp("aes256-sha256", 2)];
        Func<Transform, bool> noGcm = t => t.Type != TransformType.Encryption || t.Id != (ushort)EncryptionId.AesGcm16;
        // RFC 7296 §3.3.1: the first proposal is number 1, whatever was left out before it.
        Assert.Equal(1, Assert.Single(ProposalFilter.Apply(both, noGcm)).Number);
        Assert.Same(both, ProposalFilter.Apply(both, t => t.Type != TransformType.Encryption));
        Proposal mixed = ProposalParser.ParseEsp("aes128gcm16-chacha20poly1305", 1);
        Assert.Single(ProposalFilter.Apply([mixed], noGcm)[0].OfType(TransformType.Encryption));
    }

    private static Proposal Offer(params Transform[] transforms) => new(1, ProtocolId.Ike, default, transforms);
}
