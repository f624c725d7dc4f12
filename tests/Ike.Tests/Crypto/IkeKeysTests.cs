using System.Buffers.Binary;
using Concentrator.Ike.Crypto;
using Concentrator.Ike.Proposals;
using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Tests.Crypto;

/// <summary>The keys of an IKE SA, of a new one and of one that replaces another, against NIST's vectors.</summary>
public sealed class IkeKeysTests
{
    public static TheoryData<PrfId> Prfs => new(PrfId.HmacSha1, PrfId.HmacSha256, PrfId.HmacSha384, PrfId.HmacSha512);

    [Theory]
    [MemberData(nameof(Prfs))]
    public void Nist_keying_material(PrfId prf)
    {
        KdfVector vector = KdfVector.For(prf);

        using IkeKeys keys = Derive(vector);

        AssertCommonPrefix(Hex.Bytes(vector.KeyingMaterial), Concatenate(keys));
    }

    /// <summary>NIST gives the new SKEYSEED; prf+ of it must be the new keys.</summary>
    [Theory]
    [MemberData(nameof(Prfs))]
    public void Nist_rekey(PrfId prf)
    {
        KdfVector vector = KdfVector.For(prf);
        using IkeKeys old = Derive(vector);
        using Secret shared = new(Hex.Bytes(vector.NewSharedSecret));

        using IkeKeys keys = IkeKeys.DeriveForRekey(
            vector.Suite, prf, old.D, shared, Hex.Bytes(vector.NonceI), Hex.Bytes(vector.NonceR), 0x1122334455667788, 0x99aabbccddeeff00);

        byte[] seed = Hex.Bytes(vector.SkeySeedOfRekey);
        Assert.Equal(Expanded(prf, seed, vector, Concatenate(keys).Length), Concatenate(keys));
    }

    /// <summary>RFC 7296 §2.18: SKEYSEED with the old PRF, the keys with the new one.</summary>
    [Fact]
    public void A_rekey_that_changes_the_prf_uses_both()
    {
        KdfVector vector = KdfVector.Sha256;
        using IkeKeys old = Derive(vector);
        using Secret shared = new(Hex.Bytes(vector.NewSharedSecret));

        using IkeKeys keys = IkeKeys.DeriveForRekey(
            vector.Suite with { Prf = PrfId.HmacSha512 },
            PrfId.HmacSha256,
            old.D,
            shared,
            Hex.Bytes(vector.NonceI),
            Hex.Bytes(vector.NonceR),
            0x1122334455667788,
            0x99aabbccddeeff00);

        Assert.Equal(64, keys.D.Length);
        byte[] seed = Hex.Bytes(vector.SkeySeedOfRekey);
        Assert.Equal(Expanded(PrfId.HmacSha512, seed, vector, Concatenate(keys).Length), Concatenate(keys));
    }

    [Theory]
    [InlineData(EncryptionId.AesGcm16, 128, IntegrityId.None, 20, 0)]
    [InlineData(EncryptionId.AesGcm16, 192, IntegrityId.None, 28, 0)]
    [InlineData(EncryptionId.AesGcm16, 256, IntegrityId.None, 36, 0)]
    [InlineData(EncryptionId.ChaCha20Poly1305, 0, IntegrityId.None, 36, 0)]
    [InlineData(EncryptionId.AesCbc, 128, IntegrityId.HmacSha256_128, 16, 32)]
    [InlineData(EncryptionId.AesCbc, 192, IntegrityId.HmacSha384_192, 24, 48)]
    [InlineData(EncryptionId.AesCbc, 256, IntegrityId.HmacSha512_256, 32, 64)]
    public void Lengths_follow_the_suite(EncryptionId encryption, ushort keyLength, IntegrityId integrity, int encryptionOctets, int integrityOctets)
    {
        KdfVector vector = KdfVector.Sha384 with
        {
            Suite = new IkeSuite(encryption, keyLength, integrity, PrfId.HmacSha384, KeyExchangeMethod.Ecp384),
        };

        using IkeKeys keys = Derive(vector);

        Assert.Equal((48, 48, 48), (keys.D.Length, keys.Pi.Length, keys.Pr.Length));
        Assert.Equal((encryptionOctets, encryptionOctets), (keys.Ei.Length, keys.Er.Length));
        Assert.Equal((integrityOctets, integrityOctets), (keys.Ai.Length, keys.Ar.Length));
    }

    [Fact]
    public void A_suite_that_cannot_have_been_chosen_throws() =>
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            Derive(KdfVector.Sha256 with { Suite = KdfVector.Sha256.Suite with { KeyLength = 100 } }));

    [Fact]
    public void Dispose_wipes_every_key()
    {
        IkeKeys keys = Derive(KdfVector.Sha1);

        keys.Dispose();

        foreach (Secret secret in All(keys))
            Assert.Throws<ObjectDisposedException>(() => secret.Span.Length);
    }

    internal static IkeKeys Derive(KdfVector vector)
    {
        using Secret shared = new(Hex.Bytes(vector.SharedSecret));
        return IkeKeys.Derive(
            vector.Suite, shared, Hex.Bytes(vector.NonceI), Hex.Bytes(vector.NonceR), vector.SpiI, vector.SpiR);
    }

    private static Secret[] All(IkeKeys keys) => [keys.D, keys.Ai, keys.Ar, keys.Ei, keys.Er, keys.Pi, keys.Pr];

    private static byte[] Concatenate(IkeKeys keys) => [.. All(keys).SelectMany(secret => secret.Span.ToArray())];

    private static byte[] Expanded(PrfId prf, byte[] seed, KdfVector vector, int length)
    {
        byte[] spis = new byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(spis, 0x1122334455667788);
        BinaryPrimitives.WriteUInt64BigEndian(spis.AsSpan(8), 0x99aabbccddeeff00);
        byte[] material = new byte[length];
        Prf.Expand(prf, seed, Hex.Bytes(vector.NonceI), Hex.Bytes(vector.NonceR), spis, material);
        return material;
    }

    private static void AssertCommonPrefix(byte[] published, byte[] derived)
    {
        int common = Math.Min(published.Length, derived.Length);
        Assert.InRange(common, 100, published.Length);
        Assert.Equal(published[..common], derived[..common]);
    }
}
