using Concentrator.Ike.Proposals;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Session;
using Concentrator.Ike.Tests.Session;
using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Tests.Conformance;

/// <summary>Offers that another implementation, or an outside tester, could make: over the wire, to a session (RFC 7296 §2.7, §3.3).</summary>
public sealed class ProposalTests
{
    private static readonly Proposal Esp = HandmadeInitiator.EspOffer.Proposals[0];
    private static readonly Transform UnknownCipher = new(TransformType.Encryption, 4000, 128);
    private static readonly Transform UnknownType = new((TransformType)77, 1);
    private static readonly Transform Esn = new(TransformType.ExtendedSequenceNumbers, 1);

    [Fact]
    public void Unknown_ids_and_attributes_among_good_ones_do_no_harm()
    {
        Transform odd = new(TransformType.Encryption, (ushort)EncryptionId.AesGcm16, 128, HasUnknownAttribute: true);
        AssertChosen(1, Esp with { Transforms = [UnknownCipher, odd, .. Esp.Transforms] });
        AssertInitChosen(1, HandmadeInitiator.IkeOffer with { Transforms = [UnknownCipher, new(TransformType.PseudorandomFunction, 999), .. HandmadeInitiator.IkeOffer.Transforms] });
    }

    [Fact]
    public void An_unknown_transform_type_spoils_its_proposal_and_the_next_is_taken()
    {
        AssertChosen(2, Esp with { Transforms = [.. Esp.Transforms, UnknownType] }, Esp with { Number = 2 });
        AssertInitChosen(2, HandmadeInitiator.IkeOffer with { Transforms = [.. HandmadeInitiator.IkeOffer.Transforms, UnknownType] }, HandmadeInitiator.IkeOffer with { Number = 2 });
        AssertRefused(Esp with { Transforms = [.. Esp.Transforms, UnknownType] });
    }

    [Theory]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(255)]
    public void As_many_proposals_as_can_be_numbered_are_read(int count)
    {
        IEnumerable<Proposal> bad = Enumerable.Range(1, count - 1).Select(n => Esp with { Number = (byte)n, Transforms = [UnknownCipher] });
        AssertChosen((byte)count, [.. bad, Esp with { Number = (byte)count }]);
        IEnumerable<Proposal> badIke = Enumerable.Range(1, count - 1).Select(n => HandmadeInitiator.IkeOffer with { Number = (byte)n, Transforms = [UnknownCipher] });
        AssertInitChosen((byte)count, [.. badIke, HandmadeInitiator.IkeOffer with { Number = (byte)count }]);
    }

    [Fact]
    public void More_proposals_than_numbers_are_invalid_syntax()
    {
        var pair = new Pair();
        using HandmadeInitiator initiator = new(pair.Responder);
        Payload sa = new SaPayload([.. Enumerable.Range(1, 256).Select(n => Esp with { Number = (byte)n })]);
        Assert.Equal("IKE_AUTH response 1 [ N(INVAL_SYN) ]", initiator.SendAuth(initiator.Id, initiator.Prove(), sa, HandmadeInitiator.TsI, HandmadeInitiator.TsR)!.Summary);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(64)]
    [InlineData(129)]
    [InlineData(192)]
    [InlineData(256)]
    [InlineData(65535)]
    public void An_aes_key_length_that_is_missing_or_not_ours_is_unacceptable(ushort bits)
    {
        Transform[] transforms = [.. Esp.Transforms.Select(t => t.Type == TransformType.Encryption ? t with { KeyLength = bits } : t)];
        AssertRefused(Esp with { Transforms = transforms });
        AssertChosen(1, Esp with { Transforms = [.. transforms, .. Esp.Transforms.Where(t => t.Type == TransformType.Encryption)] });
    }

    [Fact]
    public void A_key_length_of_nought_bits_is_not_the_same_as_none()
    {
        // Type 14, value 0, behind a cipher whose keys are all of one length.
        byte[] transform = [0, 0, 0, 12, 1, 0, 0, (byte)EncryptionId.ChaCha20Poly1305, 0x80, 14, 0, 0];
        byte[] proposal = [0, 0, 0, (byte)(12 + transform.Length), 1, (byte)ProtocolId.Esp, 4, 1, 0xc1, 0, 0, 1, .. transform];
        byte[] message = MessageCodec.WriteClear(Header, [new UnknownPayload(PayloadType.SecurityAssociation, false, proposal)]);
        Transform read = MessageCodec.ParseClear(message).Message!.Find<SaPayload>()!.Proposals[0].Transforms[0];
        Assert.True(read.HasUnknownAttribute);
    }

    [Fact]
    public void Beside_an_aead_integrity_may_be_none_and_nothing_else()
    {
        Transform none = new(TransformType.Integrity, 0), sha = new(TransformType.Integrity, (ushort)IntegrityId.HmacSha256_128);
        AssertChosen(1, Esp with { Transforms = [.. Esp.Transforms, none] });
        AssertRefused(Esp with { Transforms = [.. Esp.Transforms, sha] });
        AssertChosen(2, Esp with { Transforms = [.. Esp.Transforms, sha] }, Esp with { Number = 2 });
    }

    [Fact]
    public void Both_kinds_of_sequence_numbers_may_be_offered_and_extended_ones_alone_are_refused_where_we_have_none()
    {
        Proposal both = Esp with { Transforms = [Esn, .. Esp.Transforms] };
        AssertChosen(1, both);
        Assert.False(Choose(both).Kernel.Installed[1].Suite.ExtendedSequenceNumbers);
        AssertRefused(Esp with { Transforms = [.. Esp.Transforms.Where(t => t.Type != TransformType.ExtendedSequenceNumbers), Esn] });
    }

    [Theory]
    [InlineData(2, 3)]
    [InlineData(0, 0)]
    [InlineData(7, 7)]
    [InlineData(255, 1)]
    public void However_proposals_are_numbered_the_answer_has_the_number_of_the_one_chosen(byte first, byte second) =>
        AssertChosen(second, Esp with { Number = first, Transforms = [UnknownCipher] }, Esp with { Number = second });

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(8)]
    [InlineData(255)]
    public void An_spi_of_another_size_spoils_its_proposal_only(int size)
    {
        byte[] spi = new SeededRandom(3).Octets(size);
        AssertRefused(Esp with { Spi = spi });
        AssertChosen(2, Esp with { Spi = spi }, Esp with { Number = 2 });
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(1u)]
    [InlineData(255u)]
    public void A_reserved_spi_is_none_that_an_sa_can_have(uint spi)
    {
        AssertRefused(Esp.WithSpi(spi));
        AssertChosen(2, Esp.WithSpi(spi), Esp with { Number = 2 });
    }

    [Fact]
    public void An_spi_in_an_ike_sa_init_proposal_does_not_come_back()
    {
        IkeMessage answer = Answer(new Pair().Responder, HandmadeInitiator.IkeOffer.WithSpi(0x1234567890abcdefUL));
        Assert.Equal(0, answer.Find<SaPayload>()!.Proposals[0].Spi.Length);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(9)]
    public void A_rekeying_of_the_ike_sa_needs_an_spi_of_eight_octets(int size)
    {
        var pair = new Pair();
        using HandmadeInitiator initiator = HandmadeInitiator.Established(pair.Responder);
        Payload sa = new SaPayload([HandmadeInitiator.IkeOffer with { Spi = new SeededRandom(3).Octets(size) }]);
        IkeMessage answer = initiator.Send(ExchangeType.CreateChildSa, sa, Parts.Nonce, new KePayload(KeyExchangeMethod.Curve25519, new SeededRandom(8).Octets(32)))!;
        Assert.Equal("CREATE_CHILD_SA response 2 [ N(NO_PROP) ]", answer.Summary);
        Assert.Equal(IkeSaState.Established, pair.Responder.Session.State);
    }

    [Fact]
    public void The_ike_sa_is_not_rekeyed_without_a_group()
    {
        var pair = new Pair();
        using HandmadeInitiator initiator = HandmadeInitiator.Established(pair.Responder);
        Transform none = new(TransformType.KeyExchangeMethod, 0);
        Transform[] rest = [.. HandmadeInitiator.IkeOffer.Transforms.Where(t => t.Type != TransformType.KeyExchangeMethod)];
        foreach (Transform[] transforms in new[] { rest, [.. rest, none] })
        {
            Payload sa = new SaPayload([(HandmadeInitiator.IkeOffer with { Transforms = transforms }).WithSpi(0x1234567890abcdefUL)]);
            IkeMessage answer = initiator.Send(ExchangeType.CreateChildSa, sa, Parts.Nonce, new KePayload(KeyExchangeMethod.None, new byte[1]))!;
            Assert.Equal(NotifyType.NoProposalChosen, answer.FirstErrorNotify?.NotifyType);
        }

        Assert.Equal(IkeSaState.Established, pair.Responder.Session.State);
    }

    [Fact]
    public void Authentication_headers_are_refused_and_an_esp_proposal_beside_them_is_taken()
    {
        Proposal ah = Esp with { Protocol = ProtocolId.Ah, Transforms = [new(TransformType.Integrity, (ushort)IntegrityId.HmacSha256_128), new(TransformType.ExtendedSequenceNumbers, 0)] };
        AssertRefused(ah);
        AssertChosen(2, ah, Esp with { Number = 2 });
        AssertRefused(Esp with { Protocol = ProtocolId.None });
        AssertRefused(Esp with { Protocol = (ProtocolId)200 });
    }

    [Theory]
    [InlineData(EncryptionId.None, 0)]
    [InlineData((EncryptionId)11, 0)]
    public void An_ike_sa_without_encryption_or_integrity_is_refused(EncryptionId cipher, ushort keyLength)
    {
        Transform[] rest = [.. HandmadeInitiator.IkeOffer.Transforms.Where(t => t.Type != TransformType.Encryption)];
        AssertInitRefused(HandmadeInitiator.IkeOffer with { Transforms = [new(TransformType.Encryption, (ushort)cipher, keyLength), .. rest] });
        AssertInitRefused(HandmadeInitiator.IkeOffer with { Transforms = rest });
        // A classic cipher with integrity NONE.
        AssertInitRefused(HandmadeInitiator.IkeOffer with { Transforms = [new(TransformType.Encryption, (ushort)EncryptionId.AesCbc, 128), new(TransformType.Integrity, 0), .. rest] });
    }

    [Fact]
    public void The_group_of_the_ke_payload_is_taken_where_it_is_acceptable_and_else_ours_is_asked_for()
    {
        Transform[] groups = [new(TransformType.KeyExchangeMethod, (ushort)KeyExchangeMethod.Ecp384), new(TransformType.KeyExchangeMethod, (ushort)KeyExchangeMethod.Modp2048)];
        Proposal offer = HandmadeInitiator.IkeOffer with { Transforms = [.. groups, .. HandmadeInitiator.IkeOffer.Transforms] };
        Assert.Equal(KeyExchangeMethod.Curve25519, Answer(new Pair().Responder, offer).Find<KePayload>()!.Method);

        NotifyPayload wanted = Answer(new Pair().Responder, KeyExchangeMethod.Ecp384, 96, offer).FirstErrorNotify!;
        Assert.Equal(NotifyType.InvalidKePayload, wanted.NotifyType);
        Assert.Equal(new byte[] { 0, 31 }, wanted.Data.ToArray());
    }

    private static readonly IkeHeader Header =
        new(Pair.InitiatorSpi, 0, PayloadType.None, IkeHeader.Version2, ExchangeType.IkeSaInit, IkeFlags.Initiator, 0, 0);

    private static TestPeer Choose(params Proposal[] proposals)
    {
        var pair = new Pair();
        using HandmadeInitiator initiator = new(pair.Responder);
        IkeMessage answer = initiator.SendAuth(initiator.Id, initiator.Prove(), new SaPayload(proposals), HandmadeInitiator.TsI, HandmadeInitiator.TsR)!;
        Assert.Equal("IKE_AUTH response 1 [ IDr AUTH SA TSi TSr ]", answer.Summary);
        Proposal chosen = Assert.Single(answer.Find<SaPayload>()!.Proposals);
        pair.Responder.Events.Add(new Remark(LogTag.Chd, Severity.Info, $"chosen {chosen.Number}"));
        Assert.NotNull(ProposalSelection.AcceptEsp(proposals, [chosen]));
        return pair.Responder;
    }

    private static void AssertChosen(byte number, params Proposal[] proposals) =>
        Assert.Equal($"chosen {number}", Assert.IsType<Remark>(Choose(proposals).Events[^1]).Text);

    private static void AssertRefused(params Proposal[] proposals)
    {
        var pair = new Pair();
        using HandmadeInitiator initiator = new(pair.Responder);
        IkeMessage answer = initiator.SendAuth(initiator.Id, initiator.Prove(), new SaPayload(proposals), HandmadeInitiator.TsI, HandmadeInitiator.TsR)!;
        Assert.Equal("IKE_AUTH response 1 [ IDr AUTH N(NO_PROP) ]", answer.Summary);
        Assert.Equal(IkeSaState.Established, pair.Responder.Session.State);
    }

    private static void AssertInitChosen(byte number, params Proposal[] proposals)
    {
        Proposal chosen = Assert.Single(Answer(new Pair().Responder, proposals).Find<SaPayload>()!.Proposals);
        Assert.Equal(number, chosen.Number);
        Assert.NotNull(ProposalSelection.AcceptIke(proposals, [chosen]));
    }

    private static void AssertInitRefused(params Proposal[] proposals) =>
        Assert.Equal(NotifyType.NoProposalChosen, Answer(new Pair().Responder, proposals).FirstErrorNotify?.NotifyType);

    private static IkeMessage Answer(TestPeer responder, params Proposal[] proposals) => Answer(responder, KeyExchangeMethod.Curve25519, 32, proposals);

    private static IkeMessage Answer(TestPeer responder, KeyExchangeMethod method, int length, params Proposal[] proposals)
    {
        byte[] request = MessageCodec.WriteClear(Header, [new SaPayload(proposals), new KePayload(method, new SeededRandom(8).Octets(length)), Parts.Nonce]);
        responder.Handle(new DatagramReceived(request, new IkePath(responder.Address, new(System.Net.IPAddress.Parse("192.0.2.1"), 500), false)), TimeSpan.Zero);
        return MessageCodec.ParseClear(responder.Outbox.Dequeue().Octets).Message!;
    }
}
