using Concentrator.Ike.Crypto;
using Concentrator.Ike.Crypto.Groups;
using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Tests.Crypto;

/// <summary>X25519 against RFC 7748, with each provider.</summary>
public sealed class X25519Tests
{
    [Theory]
    [CombinedWithProviders(
        "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
        "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c",
        "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552")]
    [CombinedWithProviders(
        "4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
        "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493",
        "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957")]
    public void Rfc7748_section_5_2_scalar_multiplication(string provider, string scalar, string u, string expected) =>
        Assert.Equal(expected, Multiply(Providers.Named(provider), Hex.Bytes(scalar), Hex.Bytes(u)));

    [Theory]
    [CombinedWithProviders]
    public void Rfc7748_section_5_2_iterated(string provider)
    {
        byte[] k = new byte[32];
        k[0] = 9;
        byte[] u = [.. k];
        for (int i = 1; i <= 1000; i++)
        {
            byte[] next = Hex.Bytes(Multiply(Providers.Named(provider), k, u));
            u = k;
            k = next;
            if (i == 1)
                Assert.Equal("422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079", Hex.Of(k));
        }

        Assert.Equal("684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51", Hex.Of(k));
    }

    [Theory]
    [CombinedWithProviders]
    public void Rfc7748_section_6_1_diffie_hellman(string provider)
    {
        using IKeyExchange alice = Exchange(provider, "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a");
        using IKeyExchange bob = Exchange(provider, "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb");

        Assert.Equal("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a", Hex.Of(alice.PublicValue.Span));
        Assert.Equal("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f", Hex.Of(bob.PublicValue.Span));
        using Secret? atAlice = alice.Agree(bob.PublicValue.Span);
        using Secret? atBob = bob.Agree(alice.PublicValue.Span);
        Assert.NotNull(atAlice);
        Assert.NotNull(atBob);
        Assert.Equal("4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742", Hex.Of(atAlice.Span));
        Assert.True(atAlice.FixedTimeEquals(atBob.Span));
    }

    /// <summary>The points of small order, canonical and not: the result would be all zeros whatever the private value.</summary>
    [Theory]
    [CombinedWithProviders("0000000000000000000000000000000000000000000000000000000000000000")]
    [CombinedWithProviders("0100000000000000000000000000000000000000000000000000000000000000")]
    [CombinedWithProviders("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800")]
    [CombinedWithProviders("5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157")]
    [CombinedWithProviders("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")]
    [CombinedWithProviders("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")]
    [CombinedWithProviders("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")]
    public void Small_order_points_give_no_secret(string provider, string point)
    {
        using IKeyExchange exchange = Exchange(provider, "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a");
        byte[] peer = Hex.Bytes(point);

        Assert.Null(exchange.Agree(peer));
        peer[^1] |= 0x80;
        Assert.Null(exchange.Agree(peer));
    }

    private static IKeyExchange Exchange(string provider, string privateValue) =>
        KeyExchanges.Generate(KeyExchangeMethod.Curve25519, new ScriptedRandom(Hex.Bytes(privateValue)), Providers.Named(provider));

    private static string Multiply(IKeyExchangeProvider provider, byte[] scalar, byte[] u)
    {
        using IKeyExchange exchange = KeyExchanges.Generate(KeyExchangeMethod.Curve25519, new ScriptedRandom(scalar), provider);
        using Secret? product = exchange.Agree(u);
        Assert.NotNull(product);
        return Hex.Of(product.Span);
    }
}
