using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Proposals;

/// <summary>Makes proposals from what is already decided: a suite, or everything this program has.</summary>
public static class ProposalBuilder
{
    private static readonly Transform[] KeyExchanges =
    [
        Transform.Of(KeyExchangeMethod.Curve25519), Transform.Of(KeyExchangeMethod.Ecp256), Transform.Of(KeyExchangeMethod.Ecp384),
        Transform.Of(KeyExchangeMethod.Modp3072), Transform.Of(KeyExchangeMethod.Modp4096), Transform.Of(KeyExchangeMethod.Modp2048),
    ];

    private static readonly Transform[] Prfs =
        [Transform.Of(PrfId.HmacSha256), Transform.Of(PrfId.HmacSha384), Transform.Of(PrfId.HmacSha512)];

    private static readonly Transform[] Integrities =
    [
        Transform.Of(IntegrityId.HmacSha256_128), Transform.Of(IntegrityId.HmacSha384_192), Transform.Of(IntegrityId.HmacSha512_256),
    ];

    private static readonly Transform[] Aeads =
    [
        Transform.Of(EncryptionId.AesGcm16, 128), Transform.Of(EncryptionId.AesGcm16, 192), Transform.Of(EncryptionId.AesGcm16, 256),
        Transform.Of(EncryptionId.ChaCha20Poly1305, 0),
    ];

    private static readonly Transform[] Ciphers =
    [
        Transform.Of(EncryptionId.AesCbc, 128), Transform.Of(EncryptionId.AesCbc, 192), Transform.Of(EncryptionId.AesCbc, 256),
    ];

    /// <summary>What <c>default</c> stands for in an IKE proposal list: one AEAD and one classic proposal, numbered from <paramref name="number"/>.</summary>
    public static IReadOnlyList<Proposal> DefaultIke(byte number) =>
    [
        new(number, ProtocolId.Ike, default, [.. Aeads, .. Prfs, .. KeyExchanges]),
        new((byte)(number + 1), ProtocolId.Ike, default, [.. Ciphers, .. Integrities, .. Prfs, .. KeyExchanges]),
    ];

    /// <summary>What <c>default</c> stands for in an ESP proposal list; no key exchange of its own, no extended sequence numbers.</summary>
    public static IReadOnlyList<Proposal> DefaultEsp(byte number) =>
    [
        new(number, ProtocolId.Esp, default, [.. Aeads, Transform.Esn(false)]),
        new((byte)(number + 1), ProtocolId.Esp, default, [.. Ciphers, .. Integrities, Transform.Esn(false)]),
    ];

    /// <summary>Proposal 1 that says exactly <paramref name="suite"/>: what a rekey proposes to keep its algorithms (RFC 7296 §2.8).</summary>
    public static Proposal FromSuite(IkeSuite suite)
    {
        List<Transform> transforms = [Transform.Of(suite.Encryption, suite.KeyLength)];
        if (suite.Integrity != IntegrityId.None) transforms.Add(Transform.Of(suite.Integrity));
        transforms.Add(Transform.Of(suite.Prf));
        transforms.Add(Transform.Of(suite.KeyExchange));
        return new Proposal(1, ProtocolId.Ike, default, transforms);
    }

    /// <inheritdoc cref="FromSuite(IkeSuite)"/>
    public static Proposal FromSuite(EspSuite suite)
    {
        List<Transform> transforms = [Transform.Of(suite.Encryption, suite.KeyLength)];
        if (suite.Integrity != IntegrityId.None) transforms.Add(Transform.Of(suite.Integrity));
        if (suite.KeyExchange != KeyExchangeMethod.None) transforms.Add(Transform.Of(suite.KeyExchange));
        transforms.Add(Transform.Esn(suite.ExtendedSequenceNumbers));
        return new Proposal(1, ProtocolId.Esp, default, transforms);
    }
}
