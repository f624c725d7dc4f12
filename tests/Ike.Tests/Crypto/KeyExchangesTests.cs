using System.Security.Cryptography;
using Concentrator.Ike.Crypto;
using Concentrator.Ike.Crypto.BouncyCastle;
using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Tests.Crypto;

/// <summary>What holds for every key exchange method, and the providers against each other.</summary>
public sealed class KeyExchangesTests
{
    private static readonly KeyExchangeMethod[] Supported =
    [
        KeyExchangeMethod.Modp2048, KeyExchangeMethod.Modp3072, KeyExchangeMethod.Modp4096,
        KeyExchangeMethod.Ecp256, KeyExchangeMethod.Ecp384, KeyExchangeMethod.Curve25519,
    ];

    public static TheoryData<KeyExchangeMethod> Methods => new(Supported);

    [Theory]
    [MemberData(nameof(Methods))]
    public void The_default_provider_and_BouncyCastle_agree_both_ways(KeyExchangeMethod method)
    {
        SeededRandom random = new((ulong)method);
        for (int round = 0; round < 3; round++)
        {
            using IKeyExchange ours = KeyExchanges.Generate(method, random);
            using IKeyExchange theirs = KeyExchanges.Generate(method, random, BouncyCastleProvider.Instance);
            using Secret? atOurs = ours.Agree(theirs.PublicValue.Span);
            using Secret? atTheirs = theirs.Agree(ours.PublicValue.Span);

            Assert.Equal(KeyExchanges.PublicValueLength(method), ours.PublicValue.Length);
            Assert.True(atOurs!.FixedTimeEquals(atTheirs!.Span));
            Assert.Equal(AlgorithmTable.Find(method)!.SharedOctets, atOurs.Length);
            Assert.Equal(method, ours.Method);
        }
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void The_same_draw_gives_the_same_public_value_with_every_provider(KeyExchangeMethod method)
    {
        using IKeyExchange ours = KeyExchanges.Generate(method, new SeededRandom(7));
        using IKeyExchange theirs = KeyExchanges.Generate(method, new SeededRandom(7), BouncyCastleProvider.Instance);

        Assert.Equal(theirs.PublicValue.ToArray(), ours.PublicValue.ToArray());
    }

    // CVE-2023-41913: an oversized value must not be computed on, nor copied.
    [Theory]
    [MemberData(nameof(Methods))]
    public void Values_of_another_length_give_no_secret(KeyExchangeMethod method)
    {
        using IKeyExchange exchange = KeyExchanges.Generate(method, new SeededRandom(3));
        byte[] own = exchange.PublicValue.ToArray();

        Assert.Null(exchange.Agree([]));
        Assert.Null(exchange.Agree(own.AsSpan()[1..]));
        Assert.Null(exchange.Agree(own.AsSpan()[..^1]));
        Assert.Null(exchange.Agree([.. own, 0]));
        Assert.Null(exchange.Agree([0, .. own]));
        Assert.Null(exchange.Agree([0x04, .. own]));
        Assert.Null(exchange.Agree(new byte[65536]));
    }

    // CVE-2014-9221: an unknown group number must not reach any arithmetic.
    [Fact]
    public void Every_group_number_is_answered_and_only_six_are_supported()
    {
        for (int number = 0; number <= ushort.MaxValue; number++)
        {
            KeyExchangeMethod method = (KeyExchangeMethod)number;
            bool known = Supported.Contains(method);
            Assert.Equal(known, KeyExchanges.IsSupported(method));
            Assert.Equal(known, KeyExchanges.PublicValueLength(method) > 0);
            Assert.Equal(known, AlgorithmTable.Find(method) is not null);
        }
    }

    [Fact]
    public void Generating_for_an_unknown_group_is_a_fault_of_the_caller() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => KeyExchanges.Generate((KeyExchangeMethod)1025, new SeededRandom(0)));

    [Fact]
    public void A_source_that_gives_only_zeros_ends_in_an_error_instead_of_a_loop() =>
        Assert.Throws<CryptographicException>(() => KeyExchanges.Generate(KeyExchangeMethod.Ecp256, new Zeros()));

    /// <summary>Curves and moduli are shared native objects; exchanges on them run on every thread.</summary>
    [Theory]
    [MemberData(nameof(Methods))]
    public void Exchanges_on_many_threads_do_not_disturb_each_other(KeyExchangeMethod method) => Parallel.For(0, 16, round =>
    {
        SeededRandom random = new((ulong)round);
        using IKeyExchange one = KeyExchanges.Generate(method, random);
        using IKeyExchange other = KeyExchanges.Generate(method, random);
        using Secret? atOne = one.Agree(other.PublicValue.Span);
        using Secret? atOther = other.Agree(one.PublicValue.Span);
        Assert.True(atOne!.FixedTimeEquals(atOther!.Span));
    });

    [Theory]
    [MemberData(nameof(Methods))]
    public void Disposing_twice_is_harmless(KeyExchangeMethod method)
    {
        IKeyExchange exchange = KeyExchanges.Generate(method, new SeededRandom(2));

        exchange.Dispose();
        exchange.Dispose();
    }

    private sealed class Zeros : IRandom
    {
        public void Fill(Span<byte> buffer) => buffer.Clear();
    }
}
