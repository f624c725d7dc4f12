using Concentrator.Ike.Crypto;
using Concentrator.Ike.Proposals;
using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Tests.Crypto;

/// <summary>The keys of an ESP SA pair: NIST's vector with and without a key exchange of its own, order and lengths.</summary>
public sealed class ChildKeysTests
{
    private const string Material =
        "8059e3ee8810e6c3a91bc8bcd2a7a41151b8d0e6ae239c7b38093ad85ef4c5811a8e7b5d1cdabd9560b2d5e092d1f24e2d4b85eccdf0ad0dc9abd94b51ee71814ca6" +
        "dbc8bb51b6309f5b9545c7eb35cf5580b1e521a8fe20754a2d883ba0c2cf285f524aea6545b33106bc03e614296d319d41d4b50b3f510b1c0a22f3e664994d234cb4";

    private const string MaterialWithKeyExchange =
        "bb43244c1860ad65ee1e211ffe8bb3661750c8f89cb9f547df7f4fa61d37301628190e38c66232eab4b3ab14c400a5197dd3730ed4820a8a10394d51e1c0400052f6" +
        "3ebd36b0e7ef53aaed31eba4a5080d7d4b5666023a8bbb5ffb7857240f9a05884d1b7d2f933708450b7b3288f1fc863ab49fa901227cffc06e27899c7054d56fd74c";

    private static readonly EspSuite Cbc256Sha1 = new(EncryptionId.AesCbc, 256, IntegrityId.HmacSha1_96, false, KeyExchangeMethod.None);

    [Fact]
    public void Nist_child_without_key_exchange()
    {
        using IkeKeys ike = IkeKeysTests.Derive(KdfVector.Sha1);

        using ChildKeys keys = Derive(Cbc256Sha1, ike, null);

        AssertOrder(Hex.Bytes(Material), keys);
    }

    [Fact]
    public void Nist_child_with_key_exchange()
    {
        using IkeKeys ike = IkeKeysTests.Derive(KdfVector.Sha1);
        using Secret shared = new(Hex.Bytes(KdfVector.Sha1.NewSharedSecret));

        using ChildKeys keys = Derive(Cbc256Sha1, ike, shared);

        AssertOrder(Hex.Bytes(MaterialWithKeyExchange), keys);
    }

    /// <summary>The kernel takes all of these, also those that IKE itself does not use.</summary>
    [Theory]
    [InlineData(EncryptionId.AesGcm8, 128, IntegrityId.None, 20, 0)]
    [InlineData(EncryptionId.AesGcm12, 192, IntegrityId.None, 28, 0)]
    [InlineData(EncryptionId.AesGcm16, 256, IntegrityId.None, 36, 0)]
    [InlineData(EncryptionId.ChaCha20Poly1305, 0, IntegrityId.None, 36, 0)]
    [InlineData(EncryptionId.AesCbc, 128, IntegrityId.HmacSha256_128, 16, 32)]
    [InlineData(EncryptionId.AesCbc, 256, IntegrityId.HmacSha512_256, 32, 64)]
    public void An_aead_has_its_salt_in_the_encryption_key_and_no_integrity_key(
        EncryptionId encryption, ushort keyLength, IntegrityId integrity, int encryptionOctets, int integrityOctets)
    {
        using IkeKeys ike = IkeKeysTests.Derive(KdfVector.Sha1);
        byte[] material = Hex.Bytes(Material);

        using ChildKeys keys = Derive(new EspSuite(encryption, keyLength, integrity, true, KeyExchangeMethod.None), ike, null);

        Assert.Equal(encryptionOctets, keys.EncryptionInitiator.Length);
        Assert.Equal(integrityOctets, keys.IntegrityInitiator.Length);
        Assert.Equal(encryptionOctets, keys.EncryptionResponder.Length);
        Assert.Equal(integrityOctets, keys.IntegrityResponder.Length);
        int half = encryptionOctets + integrityOctets;
        Assert.Equal(material[..encryptionOctets], keys.EncryptionInitiator.Span.ToArray());
        int common = Math.Min(encryptionOctets, material.Length - half);
        Assert.Equal(material[half..(half + common)], keys.EncryptionResponder.Span[..common].ToArray());
    }

    private static ChildKeys Derive(EspSuite suite, IkeKeys ike, Secret? shared) => ChildKeys.Derive(
        suite, PrfId.HmacSha1, ike.D, Hex.Bytes(KdfVector.Sha1.NonceI), Hex.Bytes(KdfVector.Sha1.NonceR), shared);

    private static void AssertOrder(byte[] material, ChildKeys keys)
    {
        Assert.Equal(material[..32], keys.EncryptionInitiator.Span.ToArray());
        Assert.Equal(material[32..52], keys.IntegrityInitiator.Span.ToArray());
        Assert.Equal(material[52..84], keys.EncryptionResponder.Span.ToArray());
        Assert.Equal(material[84..104], keys.IntegrityResponder.Span.ToArray());
    }
}
