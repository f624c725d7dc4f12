using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Proposals;

/// <summary>Suites as logs name them: <c>IKE:AES_GCM_16_128/PRF_HMAC_SHA2_256/CURVE_25519</c>.</summary>
public static class ProposalText
{
    public static string Of(IkeSuite suite) => "IKE:" + string.Join('/', new[]
    {
        NameOf(suite.Encryption, suite.KeyLength),
        NameOf(suite.Integrity),
        suite.Prf.DisplayName(),
        NameOf(suite.KeyExchange),
    }.OfType<string>());

    public static string Of(EspSuite suite) => "ESP:" + string.Join('/', new[]
    {
        NameOf(suite.Encryption, suite.KeyLength),
        NameOf(suite.Integrity),
        NameOf(suite.KeyExchange),
        suite.ExtendedSequenceNumbers ? "EXT_SEQ" : "NO_EXT_SEQ",
    }.OfType<string>());

    /// <summary>A whole proposal: the transforms of a type with plus signs between, the types with slashes.</summary>
    public static string Of(Proposal proposal) => $"{proposal.Protocol.ToString().ToUpperInvariant()}:" + string.Join('/', proposal.Transforms
        .GroupBy(t => t.Type)
        .Select(type => string.Join('+', type.Select(NameOf).OfType<string>()))
        .Where(names => names.Length > 0));

    private static string? NameOf(Transform transform) => transform.Type switch
    {
        TransformType.Encryption => NameOf((EncryptionId)transform.Id, transform.KeyLength),
        TransformType.PseudorandomFunction => ((PrfId)transform.Id).DisplayName(),
        TransformType.Integrity => NameOf((IntegrityId)transform.Id),
        TransformType.KeyExchangeMethod => NameOf((KeyExchangeMethod)transform.Id),
        TransformType.ExtendedSequenceNumbers => transform.Id == 1 ? "EXT_SEQ" : "NO_EXT_SEQ",
        _ => $"{(byte)transform.Type}_{transform.Id}",
    };

    private static string NameOf(EncryptionId id, ushort keyLength) => id switch
    {
        EncryptionId.ChaCha20Poly1305 => "CHACHA20_POLY1305_256",
        _ => $"{id.DisplayName()}_{keyLength}",
    };

    private static string? NameOf(IntegrityId id) => id == IntegrityId.None ? null : id.DisplayName();

    private static string? NameOf(KeyExchangeMethod method) => method == KeyExchangeMethod.None ? null : method.DisplayName();
}
