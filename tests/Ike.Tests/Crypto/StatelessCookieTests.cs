using System.Net;
using System.Security.Cryptography;
using Concentrator.Ike.Crypto;
using Concentrator.Tests.Shared;

namespace Concentrator.Ike.Tests.Crypto;

/// <summary>A cookie answers for one request under the current or the previous secret, and for nothing else (RFC 7296 §2.6).</summary>
public sealed class StatelessCookieTests
{
    private const ulong SpiI = 0x0102030405060708;

    private static readonly byte[] Key = new SeededRandom(1).Octets(StatelessCookie.SecretLength);
    private static readonly byte[] Nonce = new SeededRandom(2).Octets(32);
    private static readonly IPAddress Address = IPAddress.Parse("192.0.2.1");

    [Fact]
    public void Is_a_version_and_a_truncated_hmac()
    {
        using StatelessCookie cookies = New();
        byte[] octets = [.. Hex.Bytes("0102030405060708 00000000000000000000ffffc0000201"), .. Nonce];
        byte[] mac = HMACSHA256.HashData(Key, octets);

        Assert.Equal([7, .. mac[..16]], Mint(cookies));
    }

    [Fact]
    public void Verifies_for_its_own_request_only()
    {
        using StatelessCookie cookies = New();
        byte[] cookie = Mint(cookies);

        Assert.True(cookies.Verify(cookie, Nonce, Address, SpiI));
        Assert.True(cookies.Verify(cookie, Nonce, Address.MapToIPv6(), SpiI));
        Assert.False(cookies.Verify(cookie, new SeededRandom(3).Octets(32), Address, SpiI));
        Assert.False(cookies.Verify(cookie, Nonce, IPAddress.Parse("192.0.2.2"), SpiI));
        Assert.False(cookies.Verify(cookie, Nonce, IPAddress.Parse("2001:db8::1"), SpiI));
        Assert.False(cookies.Verify(cookie, Nonce, Address, SpiI + 1));
    }

    [Fact]
    public void No_bit_can_be_turned_and_no_octet_left_out_or_added()
    {
        using StatelessCookie cookies = New();
        byte[] cookie = Mint(cookies);
        for (int bit = 0; bit < cookie.Length * 8; bit++)
        {
            byte[] forged = [.. cookie];
            forged[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(cookies.Verify(forged, Nonce, Address, SpiI));
        }

        for (int length = 0; length < cookie.Length; length++)
            Assert.False(cookies.Verify(cookie.AsSpan()[..length], Nonce, Address, SpiI));
        Assert.False(cookies.Verify([.. cookie, 0], Nonce, Address, SpiI));
    }

    [Fact]
    public void A_cookie_outlives_one_rotation()
    {
        using StatelessCookie cookies = New();
        SeededRandom random = new(9);
        byte[] cookie = Mint(cookies);

        cookies.Rotate(random);
        Assert.True(cookies.Verify(cookie, Nonce, Address, SpiI));
        Assert.NotEqual(cookie, Mint(cookies));

        cookies.Rotate(random);
        Assert.False(cookies.Verify(cookie, Nonce, Address, SpiI));
    }

    /// <summary>After 256 rotations the version octet is the same again, the secret is not.</summary>
    [Fact]
    public void Versions_wrap_but_secrets_do_not_come_back()
    {
        using StatelessCookie cookies = New();
        SeededRandom random = new(9);
        byte[] cookie = Mint(cookies);
        for (int i = 0; i < 256; i++)
            cookies.Rotate(random);

        Assert.Equal(cookie[0], Mint(cookies)[0]);
        Assert.False(cookies.Verify(cookie, Nonce, Address, SpiI));
    }

    [Fact]
    public void The_version_before_the_first_secret_is_nobodys()
    {
        using StatelessCookie cookies = New();
        byte[] cookie = Mint(cookies);
        cookie[0]--;

        Assert.False(cookies.Verify(cookie, Nonce, Address, SpiI));
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(15, false)]
    [InlineData(16, true)]
    [InlineData(256, true)]
    [InlineData(257, false)]
    [InlineData(65536, false)]
    public void Only_nonces_of_16_to_256_octets_get_a_cookie(int length, bool expected)
    {
        using StatelessCookie cookies = New();
        byte[] nonce = new byte[length];
        byte[] cookie = new byte[StatelessCookie.Length];

        Assert.Equal(expected, cookies.TryMint(nonce, Address, SpiI, cookie));
        Assert.Equal(expected, cookies.Verify(cookie, nonce, Address, SpiI));
    }

    [Fact]
    public void Minting_and_verifying_allocate_nothing()
    {
        using StatelessCookie cookies = New();
        byte[] cookie = Mint(cookies);
        cookies.Verify(cookie, Nonce, Address, SpiI);

        Assert.Equal(0, Allocations.Least(() =>
        {
            cookies.TryMint(Nonce, Address, SpiI, cookie);
            cookies.Verify(cookie, Nonce, Address, SpiI);
        }));
    }

    [Fact]
    public void A_short_secret_is_refused() =>
        Assert.Throws<ArgumentException>(() => new StatelessCookie(0, new Secret(new byte[StatelessCookie.SecretLength - 1])));

    private static StatelessCookie New() => new(7, new Secret(Key));

    private static byte[] Mint(StatelessCookie cookies)
    {
        byte[] cookie = new byte[StatelessCookie.Length];
        Assert.True(cookies.TryMint(Nonce, Address, SpiI, cookie));
        return cookie;
    }
}
