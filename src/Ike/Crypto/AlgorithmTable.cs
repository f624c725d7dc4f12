using System.Security.Cryptography;
using Concentrator.Ike.Crypto.Groups;
using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Crypto;

/// <summary>
/// Every algorithm this program knows, its lengths, and who provides it. What may be proposed is what <see cref="AlgorithmSelfTest"/>
/// says, not what stands here. Immutable.
/// </summary>
public static class AlgorithmTable
{
    private const string OpenSsl = "OpenSSL via .NET";

    private static readonly ushort[] AesKeys = [128, 192, 256];

    public static IReadOnlyList<EncryptionAlgorithm> Encryption { get; } =
    [
        // Columns: fixed key, salt, IV, ICV, block.
        new EncryptionAlgorithm(EncryptionId.AesCbc, AesKeys, 0, 0, 16, 0, 16, OpenSsl),
        new EncryptionAlgorithm(EncryptionId.AesGcm8, AesKeys, 0, 4, 8, 8, 1, null),
        new EncryptionAlgorithm(EncryptionId.AesGcm12, AesKeys, 0, 4, 8, 12, 1, null),
        new EncryptionAlgorithm(EncryptionId.AesGcm16, AesKeys, 0, 4, 8, 16, 1, OpenSsl),
        new EncryptionAlgorithm(EncryptionId.ChaCha20Poly1305, [0], 32, 4, 8, 16, 1, OpenSsl),
    ];

    public static IReadOnlyList<IntegrityAlgorithm> Integrity { get; } =
    [
        new IntegrityAlgorithm(IntegrityId.HmacSha1_96, HashAlgorithmName.SHA1, 20, 12, OpenSsl),
        new IntegrityAlgorithm(IntegrityId.HmacSha256_128, HashAlgorithmName.SHA256, 32, 16, OpenSsl),
        new IntegrityAlgorithm(IntegrityId.HmacSha384_192, HashAlgorithmName.SHA384, 48, 24, OpenSsl),
        new IntegrityAlgorithm(IntegrityId.HmacSha512_256, HashAlgorithmName.SHA512, 64, 32, OpenSsl),
    ];

    public static IReadOnlyList<PrfAlgorithm> Prf { get; } =
    [
        new PrfAlgorithm(PrfId.HmacSha1, HashAlgorithmName.SHA1, 20, OpenSsl),
        new PrfAlgorithm(PrfId.HmacSha256, HashAlgorithmName.SHA256, 32, OpenSsl),
        new PrfAlgorithm(PrfId.HmacSha384, HashAlgorithmName.SHA384, 48, OpenSsl),
        new PrfAlgorithm(PrfId.HmacSha512, HashAlgorithmName.SHA512, 64, OpenSsl),
    ];

    public static IReadOnlyList<KeyExchangeAlgorithm> KeyExchange { get; } =
    [
        .. KeyExchangeGroup.All.Select(group =>
            new KeyExchangeAlgorithm(group.Method, group.PublicLength, group.SharedLength, KeyExchanges.Provider.Name)),
    ];

    /// <summary>The algorithm, or null when this program does not know it.</summary>
    public static EncryptionAlgorithm? Find(EncryptionId id) => Encryption.FirstOrDefault(algorithm => algorithm.Id == id);

    /// <inheritdoc cref="Find(EncryptionId)"/>
    public static IntegrityAlgorithm? Find(IntegrityId id) => Integrity.FirstOrDefault(algorithm => algorithm.Id == id);

    /// <inheritdoc cref="Find(EncryptionId)"/>
    public static PrfAlgorithm? Find(PrfId id) => Prf.FirstOrDefault(algorithm => algorithm.Id == id);

    /// <inheritdoc cref="Find(EncryptionId)"/>
    public static KeyExchangeAlgorithm? Find(KeyExchangeMethod method) =>
        KeyExchange.FirstOrDefault(algorithm => algorithm.Method == method);

    /// <summary>Octets of keying material that one direction of encryption takes: key and salt.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not in the table: such a suite must never have been chosen.</exception>
    internal static int EncryptionKeying(EncryptionId id, ushort keyLength) => Known(Find(id), id).KeyingOctets(keyLength);

    /// <summary>Octets of keying material that one direction of integrity takes: 0 for <see cref="IntegrityId.None"/>, as with an AEAD.</summary>
    /// <inheritdoc cref="EncryptionKeying"/>
    internal static int IntegrityKeying(IntegrityId id) => id == IntegrityId.None ? 0 : Known(Find(id), id).KeyOctets;

    internal static PrfAlgorithm Get(PrfId id) => Known(Find(id), id);

    private static T Known<T, TId>(T? algorithm, TId id)
        where T : class =>
        algorithm ?? throw new ArgumentOutOfRangeException(nameof(id), id, "Not an algorithm of this program.");
}
