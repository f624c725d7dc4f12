using Concentrator.Ike.Crypto;

namespace Concentrator.Ike.Tests.Crypto.Signatures;

/// <summary>The vectors of RFC 8032 §7.1, and openssl as the second opinion.</summary>
public class Ed25519Tests
{
    [Theory]
    [InlineData(
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b")]
    [InlineData(
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")]
    [InlineData(
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a")]
    public void Rfc_8032_vectors(string seed, string publicKey, string message, string signature)
    {
        // Openssl's PKCS#8 of an Ed25519 key is this head and the seed (RFC 8410 §7).
        byte[] pkcs8 = Convert.FromHexString("302e020100300506032b657004220420" + seed);
        using SigningKey key = SigningKeys.Parse(pkcs8, "");

        Assert.Equal(publicKey, Convert.ToHexStringLower(key.PublicKey.Span[^32..]));
        Assert.Equal(signature, Convert.ToHexStringLower(key.Sign(SignatureSchemes.Ed25519, Convert.FromHexString(message))));
        using VerifyingKey verifying = Ed25519VerifyingKey.Of(Convert.FromHexString(publicKey))!;
        Assert.True(verifying.Verify(SignatureSchemes.Ed25519, Convert.FromHexString(message), Convert.FromHexString(signature)));
    }

    [Fact]
    public void Our_signatures_are_those_of_openssl()
    {
        TestKeys keys = TestKeys.Of(SignatureKeyKind.Ed25519);
        string key = Path.GetTempFileName();
        string message = Path.GetTempFileName();
        byte[] octets = new SeededRandom(3).Octets(300);
        try
        {
            File.WriteAllBytes(key, keys.Pem);
            File.WriteAllBytes(message, octets);

            byte[] theirs = OpenSsl.Run([], "pkeyutl", "-sign", "-inkey", key, "-rawin", "-in", message);

            Assert.Equal(theirs, keys.Key.Sign(SignatureSchemes.Ed25519, octets));
        }
        finally
        {
            File.Delete(key);
            File.Delete(message);
        }
    }

    [Fact]
    public void A_key_of_small_order_is_no_key()
    {
        // The neutral element, and a point of order two: with them one signature fits every message.
        Assert.Null(Ed25519VerifyingKey.Of([1, .. new byte[31]]));
        Assert.Null(Ed25519VerifyingKey.Of([0xec, .. Enumerable.Repeat((byte)0xff, 30), 0x7f]));
        Assert.Null(Ed25519VerifyingKey.Of(new byte[31]));
        Assert.Null(Ed25519VerifyingKey.Of(new byte[33]));
    }

    [Fact]
    public void A_scalar_beyond_the_order_is_refused()
    {
        // RFC 8032 §5.1.7: S is below L, else a signature could be changed into another one.
        TestKeys keys = TestKeys.Of(SignatureKeyKind.Ed25519);
        byte[] signature = keys.Key.Sign(SignatureSchemes.Ed25519, [1, 2, 3]);
        var order = new System.Numerics.BigInteger(Convert.FromHexString("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010"), isUnsigned: true);
        var scalar = new System.Numerics.BigInteger(signature.AsSpan(32), isUnsigned: true);
        byte[] shifted = (scalar + order).ToByteArray(isUnsigned: true);
        using VerifyingKey verifying = VerifyingKey.Of(keys.Certificate)!;

        Assert.True(verifying.Verify(SignatureSchemes.Ed25519, [1, 2, 3], signature));
        Assert.False(verifying.Verify(SignatureSchemes.Ed25519, [1, 2, 3], [.. signature[..32], .. shifted, .. new byte[32 - shifted.Length]]));
    }
}
