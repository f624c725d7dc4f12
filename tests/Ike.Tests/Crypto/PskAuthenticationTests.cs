using System.Security.Cryptography;
using Concentrator.Ike.Crypto;
using Concentrator.Ike.Registries;

#pragma warning disable CA5350 // SHA-1 is what the RFC names.

namespace Concentrator.Ike.Tests.Crypto;

/// <summary>AUTH with a shared key, against the formula of RFC 7296 §2.15 spelled out with one-shot HMACs.</summary>
public sealed class PskAuthenticationTests
{
    private static readonly byte[] Key = "rosebud"u8.ToArray();
    private static readonly byte[] Message = new SeededRandom(1).Octets(400);
    private static readonly byte[] Nonce = new SeededRandom(2).Octets(32);
    private static readonly byte[] SkP = new SeededRandom(3).Octets(64);
    private static readonly byte[] Id = [2, 0, 0, 0, .. "sun.strongswan.org"u8];

    public static TheoryData<PrfId> Prfs => new(PrfId.HmacSha1, PrfId.HmacSha256, PrfId.HmacSha384, PrfId.HmacSha512);

    [Theory]
    [MemberData(nameof(Prfs))]
    public void Signs_the_octets_of_rfc7296_section_2_15(PrfId prf)
    {
        byte[] padded = Hmac(prf, Key, Hex.Bytes("4b65792050616420666f7220494b457632"));
        byte[] expected = Hmac(prf, padded, [.. Message, .. Nonce, .. Hmac(prf, SkP, Id)]);

        Assert.Equal(expected, PskAuthentication.Sign(prf, Key, Message, Nonce, SkP, Id));
    }

    [Fact]
    public void Verifies_what_the_peer_signed_and_nothing_else()
    {
        byte[] auth = PskAuthentication.Sign(PrfId.HmacSha256, Key, Message, Nonce, SkP, Id);

        Assert.True(Verify(auth));
        Assert.False(Verify([]));
        Assert.False(Verify(auth[..^1]));
        Assert.False(Verify([.. auth, 0]));
        for (int bit = 0; bit < auth.Length * 8; bit++)
        {
            byte[] forged = [.. auth];
            forged[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(Verify(forged));
        }
    }

    /// <summary>
    /// Each part is bound: the ID with its RESERVED octets, the nonce (so that a reflected AUTH fails), the message, SK_p, the key.
    /// </summary>
    [Fact]
    public void Every_part_is_bound()
    {
        byte[] auth = PskAuthentication.Sign(PrfId.HmacSha256, Key, Message, Nonce, SkP, Id);

        Assert.False(PskAuthentication.Verify(PrfId.HmacSha256, "Rosebud"u8, Message, Nonce, SkP, Id, auth));
        Assert.False(PskAuthentication.Verify(PrfId.HmacSha256, Key, Turned(Message), Nonce, SkP, Id, auth));
        Assert.False(PskAuthentication.Verify(PrfId.HmacSha256, Key, Message, Turned(Nonce), SkP, Id, auth));
        Assert.False(PskAuthentication.Verify(PrfId.HmacSha256, Key, Message, Nonce, Turned(SkP), Id, auth));
        Assert.False(PskAuthentication.Verify(PrfId.HmacSha256, Key, Message, Nonce, SkP, Turned(Id), auth));
        Assert.False(PskAuthentication.Verify(PrfId.HmacSha384, Key, Message, Nonce, SkP, Id, auth));
    }

    [Fact]
    public void An_empty_key_neither_signs_nor_verifies()
    {
        byte[] padded = Hmac(PrfId.HmacSha256, [], "Key Pad for IKEv2"u8.ToArray());
        byte[] auth = Hmac(PrfId.HmacSha256, padded, [.. Message, .. Nonce, .. Hmac(PrfId.HmacSha256, SkP, Id)]);

        Assert.Throws<ArgumentException>(() => PskAuthentication.Sign(PrfId.HmacSha256, default, Message, Nonce, SkP, Id));
        Assert.False(PskAuthentication.Verify(PrfId.HmacSha256, default, Message, Nonce, SkP, Id, auth));
    }

    private static bool Verify(byte[] auth) => PskAuthentication.Verify(PrfId.HmacSha256, Key, Message, Nonce, SkP, Id, auth);

    private static byte[] Turned(byte[] octets) => [.. octets[..^1], (byte)(octets[^1] ^ 1)];

    private static byte[] Hmac(PrfId prf, byte[] key, byte[] data) => prf switch
    {
        PrfId.HmacSha1 => HMACSHA1.HashData(key, data),
        PrfId.HmacSha256 => HMACSHA256.HashData(key, data),
        PrfId.HmacSha384 => HMACSHA384.HashData(key, data),
        _ => HMACSHA512.HashData(key, data),
    };
}
