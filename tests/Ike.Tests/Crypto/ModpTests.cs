using System.Numerics;
using Concentrator.Ike.Crypto;
using Concentrator.Ike.Crypto.Groups;
using Concentrator.Ike.Registries;
using BcInteger = Org.BouncyCastle.Math.BigInteger;

namespace Concentrator.Ike.Tests.Crypto;

/// <summary>The groups of RFC 3526: their primes, and each provider against .NET's own arithmetic.</summary>
public sealed class ModpTests
{
    public static TheoryData<KeyExchangeMethod> Methods =>
        new(KeyExchangeMethod.Modp2048, KeyExchangeMethod.Modp3072, KeyExchangeMethod.Modp4096);

    /// <summary>p = 2^n - 2^(n-64) - 1 + 2^64 * (floor(2^(n-130) * pi) + k).</summary>
    [Theory]
    [InlineData(KeyExchangeMethod.Modp2048, 2048, 124476)]
    [InlineData(KeyExchangeMethod.Modp3072, 3072, 1690314)]
    [InlineData(KeyExchangeMethod.Modp4096, 4096, 240904)]
    public void The_prime_is_the_one_that_rfc3526_constructs(KeyExchangeMethod method, int bits, int k)
    {
        BigInteger expected = (BigInteger.One << bits) - (BigInteger.One << (bits - 64)) - 1
            + ((PiTimesTwoToThe(bits - 130) + k) << 64);

        Assert.Equal(expected, Number(Group(method).Prime));
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void The_prime_is_safe(KeyExchangeMethod method)
    {
        BcInteger p = new(1, Group(method).Prime);

        Assert.True(p.RabinMillerTest(2, new Org.BouncyCastle.Security.SecureRandom()));
        Assert.True(p.ShiftRight(1).RabinMillerTest(2, new Org.BouncyCastle.Security.SecureRandom()));
    }

    [Theory]
    [CombinedWithProviders(KeyExchangeMethod.Modp2048)]
    [CombinedWithProviders(KeyExchangeMethod.Modp3072)]
    [CombinedWithProviders(KeyExchangeMethod.Modp4096)]
    public void Values_are_powers_left_padded_to_the_modulus(string provider, KeyExchangeMethod method)
    {
        ModpGroup group = Group(method);
        BigInteger p = Number(group.Prime);
        byte[] exponent = new SeededRandom((ulong)method).Octets(group.PrivateLength);
        using IKeyExchange exchange = KeyExchanges.Generate(method, new ScriptedRandom(exponent), Providers.Named(provider));
        byte[] peer = new SeededRandom(99).Octets(group.PublicLength);
        peer[0] = 0;

        using Secret? shared = exchange.Agree(peer);

        Assert.Equal(Octets(BigInteger.ModPow(2, Number(exponent), p), group.PublicLength), exchange.PublicValue.ToArray());
        Assert.Equal(Octets(BigInteger.ModPow(Number(peer), Number(exponent), p), group.SharedLength), shared!.Span.ToArray());
    }

    /// <summary>A small exponent makes a result with leading zeros, which must stay.</summary>
    [Theory]
    [CombinedWithProviders]
    public void A_short_shared_secret_keeps_its_leading_zeros(string provider)
    {
        byte[] exponent = new byte[32];
        exponent[^1] = 3;
        byte[] four = new byte[256];
        four[^1] = 4;
        using IKeyExchange exchange =
            KeyExchanges.Generate(KeyExchangeMethod.Modp2048, new ScriptedRandom(exponent), Providers.Named(provider));

        using Secret? shared = exchange.Agree(four);

        Assert.Equal(Octets(64, 256), shared!.Span.ToArray());
        Assert.Equal(Octets(8, 256), exchange.PublicValue.ToArray());
    }

    [Theory]
    [CombinedWithProviders(KeyExchangeMethod.Modp2048)]
    [CombinedWithProviders(KeyExchangeMethod.Modp3072)]
    [CombinedWithProviders(KeyExchangeMethod.Modp4096)]
    public void Only_values_between_1_and_p_minus_1_are_computed_on(string provider, KeyExchangeMethod method)
    {
        ModpGroup group = Group(method);
        BigInteger p = Number(group.Prime);
        BigInteger highest = (BigInteger.One << (group.PublicLength * 8)) - 1;
        using IKeyExchange exchange = KeyExchanges.Generate(method, new SeededRandom(5), Providers.Named(provider));

        foreach (BigInteger refused in new[] { 0, 1, p - 1, p, p + 1, p + 2, highest })
            Assert.Null(exchange.Agree(Octets(refused, group.PublicLength)));

        foreach (BigInteger accepted in new[] { 2, p - 2, p - 256, p >> 1 })
            exchange.Agree(Octets(accepted, group.PublicLength))!.Dispose();
    }

    [Fact]
    public void Exponents_0_and_1_are_drawn_again()
    {
        byte[] one = new byte[32];
        one[^1] = 1;
        byte[] two = new byte[32];
        two[^1] = 2;

        using IKeyExchange exchange = KeyExchanges.Generate(KeyExchangeMethod.Modp2048, new ScriptedRandom(new byte[32], one, two));

        Assert.Equal(Octets(4, 256), exchange.PublicValue.ToArray());
    }

    private static ModpGroup Group(KeyExchangeMethod method) => Assert.IsType<ModpGroup>(KeyExchangeGroup.Find(method));

    private static BigInteger Number(ReadOnlySpan<byte> octets) => new(octets, isUnsigned: true, isBigEndian: true);

    private static byte[] Octets(BigInteger number, int length)
    {
        byte[] digits = number.ToByteArray(isUnsigned: true, isBigEndian: true);
        return [.. new byte[length - digits.Length], .. digits];
    }

    /// <summary>Machin's formula, pi = 16 arctan(1/5) - 4 arctan(1/239), with 64 guard bits.</summary>
    private static BigInteger PiTimesTwoToThe(int bits)
    {
        BigInteger one = BigInteger.One << (bits + 64);
        return ((16 * ArcTangentOfInverse(5, one)) - (4 * ArcTangentOfInverse(239, one))) >> 64;
    }

    private static BigInteger ArcTangentOfInverse(int x, BigInteger one)
    {
        BigInteger power = one / x;
        BigInteger sum = power;
        for (int n = 3, sign = -1; !power.IsZero; n += 2, sign = -sign)
        {
            power /= x * x;
            sum += sign * (power / n);
        }

        return sum;
    }
}
