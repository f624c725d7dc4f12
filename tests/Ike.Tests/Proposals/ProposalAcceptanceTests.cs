using Concentrator.Ike.Proposals;
using Concentrator.Ike.Registries;
using CsCheck;

namespace Concentrator.Ike.Tests.Proposals;

/// <summary>The initiator's check of the answer (RFC 7296 §2.7: else it must terminate the exchange), and what both sides make of each other.</summary>
public sealed class ProposalAcceptanceTests
{
    private static readonly IReadOnlyList<Proposal> Offered = ProposalList.Ike("aes128-aes256-sha256-x25519-ecp256, aes128gcm16-prfsha256-x25519");
    private static readonly Proposal Answer = ProposalParser.ParseIke("aes256-sha256-ecp256", 1);

    private static readonly Gen<IReadOnlyList<Proposal>> IkeProposals = Gen.OneOf(
        "aes128-sha256-x25519", "aes256-aes128-sha384-sha256-ecp256-x25519", "aes256gcm16-chacha20poly1305-prfsha256-prfsha384-ecp384-x25519",
        "chacha20poly1305-prfsha512-modp2048", "default", "aes192-sha512-modp3072-modp4096")
        .Array[1, 4].Select(words => (IReadOnlyList<Proposal>)ProposalList.Ike(string.Join(',', words)));

    [Fact]
    public void One_combination_of_what_was_offered_is_accepted() =>
        Assert.Equal(
            new IkeSuite(EncryptionId.AesCbc, 256, IntegrityId.HmacSha256_128, PrfId.HmacSha256, KeyExchangeMethod.Ecp256),
            ProposalSelection.AcceptIke(Offered, [Answer]));

    [Fact]
    public void Anything_else_is_refused()
    {
        (string Story, IReadOnlyList<Proposal> Answers)[] wrong =
        [
            ("no proposal", []),
            ("two proposals", [Answer, Answer]),
            ("a number we did not offer", [Answer with { Number = 3 }]),
            ("the transforms of one under the number of the other", [Answer with { Number = 2 }]),
            ("another protocol", [Answer with { Protocol = ProtocolId.Esp }]),
            ("an SPI we did not ask for", [Answer with { Spi = new byte[8] }]),
            ("two ciphers", [Answer with { Transforms = [.. Answer.Transforms, new Transform(TransformType.Encryption, (ushort)EncryptionId.AesCbc, 128)] }]),
            ("a cipher we did not offer", [Replace(TransformType.Encryption, new Transform(TransformType.Encryption, (ushort)EncryptionId.AesCbc, 192))]),
            ("a group we did not offer", [Replace(TransformType.KeyExchangeMethod, new Transform(TransformType.KeyExchangeMethod, (ushort)KeyExchangeMethod.Modp2048))]),
            ("no integrity", [Replace(TransformType.Integrity, new Transform(TransformType.Integrity, (ushort)IntegrityId.None))]),
            ("a type left out", [Answer with { Transforms = [.. Answer.Transforms.Where(t => t.Type != TransformType.Integrity)] }]),
            ("a type too many", [Answer with { Transforms = [.. Answer.Transforms, new Transform(TransformType.ExtendedSequenceNumbers, 0)] }]),
            ("a modified attribute", [Replace(TransformType.Encryption, new Transform(TransformType.Encryption, (ushort)EncryptionId.AesCbc, 256) with { HasUnknownAttribute = true })]),
        ];

        Assert.All(wrong, w => Assert.True(ProposalSelection.AcceptIke(Offered, w.Answers) is null, w.Story));
    }

    [Fact]
    public void In_ike_auth_an_answer_with_a_key_exchange_method_is_refused()
    {
        Proposal[] offered = [ProposalParser.ParseEsp("aes128gcm16-x25519", 1).WithoutKeyExchange().WithSpi(0x01020304)];
        Proposal answer = offered[0].WithSpi(0x05060708);

        Assert.NotNull(ProposalSelection.AcceptEsp(offered, [answer]));
        Assert.Null(ProposalSelection.AcceptEsp(offered, [answer with { Transforms = [.. answer.Transforms, new Transform(TransformType.KeyExchangeMethod, (ushort)KeyExchangeMethod.Curve25519)] }]));
    }

    [Fact]
    public void An_initiator_accepts_whatever_a_responder_of_ours_chooses() =>
        Gen.Select(IkeProposals, IkeProposals).Sample((configured, offered) =>
        {
            IkeSuite? chosen = ProposalSelection.ChooseIke(configured, offered, KeyExchangeMethod.None, out Proposal? answer);
            if (chosen is not null) Assert.Equal(chosen, ProposalSelection.AcceptIke(offered, [answer!]));
        });

    [Fact]
    public void A_choice_exists_exactly_when_it_does_with_the_roles_exchanged() =>
        Gen.Select(IkeProposals, IkeProposals).Sample((left, right) =>
            Choose(left, right) is null == Choose(right, left) is null);

    [Fact]
    public void What_is_chosen_is_allowed() =>
        Gen.Select(IkeProposals, IkeProposals).Sample((configured, offered) =>
            Choose(configured, offered) is not { } suite || (ProposalSelection.Allows(configured, suite) && ProposalSelection.Allows(offered, suite)));

    private static IkeSuite? Choose(IReadOnlyList<Proposal> configured, IReadOnlyList<Proposal> offered) =>
        ProposalSelection.ChooseIke(configured, offered, KeyExchangeMethod.None, out _);

    private static Proposal Replace(TransformType type, Transform by) =>
        Answer with { Transforms = [.. Answer.Transforms.Select(t => t.Type == type ? by : t)] };
}
