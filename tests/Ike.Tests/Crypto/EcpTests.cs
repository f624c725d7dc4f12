using Concentrator.Ike.Crypto;
using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Tests.Crypto;

/// <summary>The NIST curves against RFC 5903 §8, with each provider, and peer values that are none.</summary>
public sealed class EcpTests
{
    private const string PrivateI256 = "C88F01F510D9AC3F70A292DAA2316DE544E9AAB8AFE84049C62A9C57862D1433";
    private const string Prime256 = "FFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF";
    private const string Order256 = "FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551";
    private const string Zero256 = "0000000000000000000000000000000000000000000000000000000000000000";

    [Theory]
    [CombinedWithProviders(
        KeyExchangeMethod.Ecp256,
        PrivateI256,
        "DAD0B65394221CF9B051E1FECA5787D098DFE637FC90B9EF945D0C37725811805271A0461CDB8252D61F1C456FA3E59AB1F45B33ACCF5F58389E0577B8990BB3",
        "C6EF9C5D78AE012A011164ACB397CE2088685D8F06BF9BE0B283AB46476BEE53",
        "D12DFB5289C8D4F81208B70270398C342296970A0BCCB74C736FC7554494BF6356FBF3CA366CC23E8157854C13C58D6AAC23F046ADA30F8353E74F33039872AB",
        "D6840F6B42F6EDAFD13116E0E12565202FEF8E9ECE7DCE03812464D04B9442DE")]
    [CombinedWithProviders(
        KeyExchangeMethod.Ecp384,
        "099F3C7034D4A2C699884D73A375A67F7624EF7C6B3C0F160647B67414DCE655E35B538041E649EE3FAEF896783AB194",
        "667842D7D180AC2CDE6F74F37551F55755C7645C20EF73E31634FE72B4C55EE6DE3AC808ACB4BDB4C88732AEE95F41AA" +
        "9482ED1FC0EEB9CAFC4984625CCFC23F65032149E0E144ADA024181535A0F38EEB9FCFF3C2C947DAE69B4C634573A81C",
        "41CB0779B4BDB85D47846725FBEC3C9430FAB46CC8DC5060855CC9BDA0AA2942E0308312916B8ED2960E4BD55A7448FC",
        "E558DBEF53EECDE3D3FCCFC1AEA08A89A987475D12FD950D83CFA41732BC509D0D1AC43A0336DEF96FDA41D0774A3571" +
        "DCFBEC7AACF3196472169E838430367F66EEBE3C6E70C416DD5F0C68759DD1FFF83FA40142209DFF5EAAD96DB9E6386C",
        "11187331C279962D93D604243FD592CB9D0A926F422E47187521287E7156C5C4D603135569B9E9D09CF5D4A270F59746")]
    public void Rfc5903_section_8(
        string provider, KeyExchangeMethod method, string privateI, string publicI, string privateR, string publicR, string shared)
    {
        using IKeyExchange initiator = Exchange(provider, method, privateI);
        using IKeyExchange responder = Exchange(provider, method, privateR);

        Assert.Equal(Hex.Bytes(publicI), initiator.PublicValue.ToArray());
        Assert.Equal(Hex.Bytes(publicR), responder.PublicValue.ToArray());
        using Secret? atInitiator = initiator.Agree(responder.PublicValue.Span);
        using Secret? atResponder = responder.Agree(initiator.PublicValue.Span);
        Assert.Equal(Hex.Bytes(shared), atInitiator!.Span.ToArray());
        Assert.Equal(Hex.Bytes(shared), atResponder!.Span.ToArray());
    }

    /// <summary>
    /// The origin, y = 0, y = p, x = p, and x = p with the y that x = 0 has on the curve: a reduction would accept the last.
    /// </summary>
    [Theory]
    [CombinedWithProviders(Zero256, Zero256)]
    [CombinedWithProviders("DAD0B65394221CF9B051E1FECA5787D098DFE637FC90B9EF945D0C3772581180", Zero256)]
    [CombinedWithProviders("DAD0B65394221CF9B051E1FECA5787D098DFE637FC90B9EF945D0C3772581180", Prime256)]
    [CombinedWithProviders(Prime256, "5271A0461CDB8252D61F1C456FA3E59AB1F45B33ACCF5F58389E0577B8990BB3")]
    [CombinedWithProviders(Prime256, "66485C780E2F83D72433BD5D84A06BB6541C2AF31DAE871728BF856A174F93F4")]
    public void Coordinates_out_of_range_or_off_the_curve_give_no_secret(string provider, string x, string y)
    {
        using IKeyExchange exchange = Exchange(provider, KeyExchangeMethod.Ecp256, PrivateI256);

        Assert.Null(exchange.Agree(Hex.Bytes(x + y)));
    }

    [Theory]
    [CombinedWithProviders]
    public void The_point_with_x_0_is_on_the_curve_so_that_only_its_range_refuses_x_p(string provider)
    {
        using IKeyExchange exchange = Exchange(provider, KeyExchangeMethod.Ecp256, PrivateI256);

        using Secret? shared = exchange.Agree(Hex.Bytes(Zero256 + "66485C780E2F83D72433BD5D84A06BB6541C2AF31DAE871728BF856A174F93F4"));

        Assert.NotNull(shared);
    }

    [Theory]
    [CombinedWithProviders(KeyExchangeMethod.Ecp256)]
    [CombinedWithProviders(KeyExchangeMethod.Ecp384)]
    public void A_point_with_any_bit_of_y_turned_is_off_the_curve(string provider, KeyExchangeMethod method)
    {
        using IKeyExchange exchange = KeyExchanges.Generate(method, new SeededRandom(1), Providers.Named(provider));
        byte[] peer = exchange.PublicValue.ToArray();
        for (int bit = peer.Length * 4; bit < peer.Length * 8; bit += 7)
        {
            peer[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Null(exchange.Agree(peer));
            peer[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void Private_values_out_of_range_are_drawn_again()
    {
        ScriptedRandom random = new(Hex.Bytes(Zero256), Hex.Bytes(Order256), Hex.Bytes(new string('F', 64)), Hex.Bytes(PrivateI256));

        using IKeyExchange exchange = KeyExchanges.Generate(KeyExchangeMethod.Ecp256, random);

        Assert.Equal("dad0b653", Hex.Of(exchange.PublicValue.Span[..4]));
    }

    private static IKeyExchange Exchange(string provider, KeyExchangeMethod method, string privateValue) =>
        KeyExchanges.Generate(method, new ScriptedRandom(Hex.Bytes(privateValue)), Providers.Named(provider));
}
