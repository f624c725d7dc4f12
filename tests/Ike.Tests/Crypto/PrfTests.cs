using Concentrator.Ike.Crypto;
using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Tests.Crypto;

/// <summary>prf against RFC 2202, RFC 4231 and RFC 4868 §2.7; prf+ against its definition and its limit.</summary>
public sealed class PrfTests
{
    /// <summary>RFC 4231 §4.2 to §4.5, §4.7 and §4.8. "aa*20" is the octet aa 20 times.</summary>
    [Theory]
    [InlineData(
        PrfId.HmacSha256,
        "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b",
        "4869205468657265",
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7")]
    [InlineData(
        PrfId.HmacSha256,
        "4a656665",
        "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")]
    [InlineData(
        PrfId.HmacSha256,
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "dd*50",
        "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe")]
    [InlineData(
        PrfId.HmacSha256,
        "0102030405060708090a0b0c0d0e0f10111213141516171819",
        "cd*50",
        "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b")]
    [InlineData(
        PrfId.HmacSha256,
        "aa*131",
        "54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a65204b6579202d2048617368204b6579204669727374",
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54")]
    [InlineData(
        PrfId.HmacSha256,
        "aa*131",
        "5468697320697320612074657374207573696e672061206c6172676572207468616e20626c6f636b2d73697a65206b657920616e64206120" +
        "6c6172676572207468616e20626c6f636b2d73697a6520646174612e20546865206b6579206e6565647320746f2062652068617368656420" +
        "6265666f7265206265696e6720757365642062792074686520484d414320616c676f726974686d2e",
        "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2")]
    [InlineData(
        PrfId.HmacSha384,
        "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b",
        "4869205468657265",
        "afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59cfaea9ea9076ede7f4af152e8b2fa9cb6")]
    [InlineData(
        PrfId.HmacSha384,
        "4a656665",
        "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
        "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649")]
    [InlineData(
        PrfId.HmacSha384,
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "dd*50",
        "88062608d3e6ad8a0aa2ace014c8a86f0aa635d947ac9febe83ef4e55966144b2a5ab39dc13814b94e3ab6e101a34f27")]
    [InlineData(
        PrfId.HmacSha384,
        "0102030405060708090a0b0c0d0e0f10111213141516171819",
        "cd*50",
        "3e8a69b7783c25851933ab6290af6ca77a9981480850009cc5577c6e1f573b4e6801dd23c4a7d679ccf8a386c674cffb")]
    [InlineData(
        PrfId.HmacSha384,
        "aa*131",
        "54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a65204b6579202d2048617368204b6579204669727374",
        "4ece084485813e9088d2c63a041bc5b44f9ef1012a2b588f3cd11f05033ac4c60c2ef6ab4030fe8296248df163f44952")]
    [InlineData(
        PrfId.HmacSha384,
        "aa*131",
        "5468697320697320612074657374207573696e672061206c6172676572207468616e20626c6f636b2d73697a65206b657920616e64206120" +
        "6c6172676572207468616e20626c6f636b2d73697a6520646174612e20546865206b6579206e6565647320746f2062652068617368656420" +
        "6265666f7265206265696e6720757365642062792074686520484d414320616c676f726974686d2e",
        "6617178e941f020d351e2f254e8fd32c602420feb0b8fb9adccebb82461e99c5a678cc31e799176d3860e6110c46523e")]
    [InlineData(
        PrfId.HmacSha512,
        "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b",
        "4869205468657265",
        "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cdedaa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854")]
    [InlineData(
        PrfId.HmacSha512,
        "4a656665",
        "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
        "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737")]
    [InlineData(
        PrfId.HmacSha512,
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "dd*50",
        "fa73b0089d56a284efb0f0756c890be9b1b5dbdd8ee81a3655f83e33b2279d39bf3e848279a722c806b485a47e67c807b946a337bee8942674278859e13292fb")]
    [InlineData(
        PrfId.HmacSha512,
        "0102030405060708090a0b0c0d0e0f10111213141516171819",
        "cd*50",
        "b0ba465637458c6990e5a8c5f61d4af7e576d97ff94b872de76f8050361ee3dba91ca5c11aa25eb4d679275cc5788063a5f19741120c4f2de2adebeb10a298dd")]
    [InlineData(
        PrfId.HmacSha512,
        "aa*131",
        "54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a65204b6579202d2048617368204b6579204669727374",
        "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f3526b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598")]
    [InlineData(
        PrfId.HmacSha512,
        "aa*131",
        "5468697320697320612074657374207573696e672061206c6172676572207468616e20626c6f636b2d73697a65206b657920616e64206120" +
        "6c6172676572207468616e20626c6f636b2d73697a6520646174612e20546865206b6579206e6565647320746f2062652068617368656420" +
        "6265666f7265206265696e6720757365642062792074686520484d414320616c676f726974686d2e",
        "e37b6a775dc87dbaa4dfa9f96e5e3ffddebd71f8867289865df5a32d20cdc944b6022cac3c4982b10d5eeb55c3e4de15134676fb6de0446065c97440fa8c6a58")]
    public void Rfc4231(PrfId prf, string key, string data, string expected) => Check(prf, key, data, expected);

    [Theory]
    [InlineData("0b*20", "4869205468657265", "b617318655057264e28bc0b6fb378c8ef146be00")]
    [InlineData("4a656665", "7768617420646f2079612077616e7420666f72206e6f7468696e673f", "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79")]
    [InlineData("aa*20", "dd*50", "125d7342b9ac11cd91a39af48aa17b4f63f175d3")]
    [InlineData("0102030405060708090a0b0c0d0e0f10111213141516171819", "cd*50", "4c9007f4026250c6bc8414f9bf50c86c2d7235da")]
    public void Rfc2202(string key, string data, string expected) => Check(PrfId.HmacSha1, key, data, expected);

    /// <summary>RFC 4868 §2.7.2: keys as long as the output; the ICVs are the truncated outputs.</summary>
    [Theory]
    [InlineData(PrfId.HmacSha256, "0b*32", "4869205468657265", "198a607eb44bfbc69903a0f1cf2bbdc5")]
    [InlineData(
        PrfId.HmacSha256, "4a656665*8", "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
        "167f928588c5cc2eef8e3093caa0e87c")]
    [InlineData(PrfId.HmacSha256, "aa*32", "dd*50", "cdcb1220d1ecccea91e53aba3092f962")]
    [InlineData(PrfId.HmacSha384, "0b*48", "4869205468657265", "b6a8d5636f5c6a7224f9977dcf7ee6c7fb6d0c48cbdee973")]
    [InlineData(
        PrfId.HmacSha384, "4a656665*12", "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
        "2c7353974f1842fd66d53c452ca42122b28c0b594cfb184d")]
    [InlineData(PrfId.HmacSha384, "aa*48", "dd*50", "809f439be00274321d4a538652164b53554a508184a0c316")]
    [InlineData(PrfId.HmacSha512, "0b*64", "4869205468657265", "637edc6e01dce7e6742a99451aae82df23da3e92439e590e43e761b33e910fb8")]
    [InlineData(
        PrfId.HmacSha512, "4a656665*16", "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
        "cb370917ae8a7ce28cfd1d8f4705d6141c173b2a9362c15df235dfb251b15454")]
    [InlineData(PrfId.HmacSha512, "aa*64", "dd*50", "2ee7acd783624ca9398710f3ee05ae41b9f9b0510c87e49e586cc9bf961733d8")]
    public void Rfc4868(PrfId prf, string key, string data, string expected) => Check(prf, key, data, expected);

    [Theory]
    [InlineData(PrfId.HmacSha1, 20)]
    [InlineData(PrfId.HmacSha256, 32)]
    [InlineData(PrfId.HmacSha384, 48)]
    [InlineData(PrfId.HmacSha512, 64)]
    public void Lengths(PrfId prf, int length)
    {
        Assert.Equal(length, Prf.OutputLength(prf));
        Assert.Equal(length, Prf.PreferredKeyLength(prf));
    }

    [Fact]
    public void Parts_count_as_their_concatenation()
    {
        byte[] data = new SeededRandom(1).Octets(100);
        byte[] whole = new byte[32];
        byte[] parts = new byte[32];

        Prf.Compute(PrfId.HmacSha256, "key"u8, data, whole);
        Prf.Compute(PrfId.HmacSha256, "key"u8, data.AsSpan()[..7], data.AsSpan()[7..50], data.AsSpan()[50..], parts);

        Assert.Equal(whole, parts);
    }

    [Fact]
    public void An_empty_key_and_empty_data_are_allowed() =>
        Check(PrfId.HmacSha256, "", "", "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");

    /// <summary>T1 = prf(K, S | 01), T2 = prf(K, T1 | S | 02), cut where the caller's buffer ends.</summary>
    [Fact]
    public void Expand_chains_blocks()
    {
        byte[] output = new byte[50];
        byte[] t1 = new byte[32];
        byte[] t2 = new byte[32];
        Prf.Compute(PrfId.HmacSha256, "key"u8, "seed"u8, [1], default, t1);
        Prf.Compute(PrfId.HmacSha256, "key"u8, t1, "seed"u8, [2], t2);

        Prf.Expand(PrfId.HmacSha256, "key"u8, "se"u8, default, "ed"u8, output);

        Assert.Equal([.. t1, .. t2[..18]], output);
    }

    [Fact]
    public void Expand_ends_after_255_blocks()
    {
        byte[] longest = new byte[255 * 20];
        byte[] tooLong = new byte[longest.Length + 1];

        Prf.Expand(PrfId.HmacSha1, "key"u8, "seed"u8, default, default, longest);

        Assert.True(longest.AsSpan()[^20..].ContainsAnyExcept((byte)0));
        Assert.Throws<ArgumentException>(() => Prf.Expand(PrfId.HmacSha1, "key"u8, "seed"u8, default, default, tooLong));
    }

    [Fact]
    public void An_unknown_prf_is_a_fault_of_the_caller() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Prf.OutputLength((PrfId)4));

    private static void Check(PrfId prf, string key, string data, string expected)
    {
        byte[] output = new byte[Prf.OutputLength(prf)];
        Prf.Compute(prf, Octets(key), Octets(data), output);
        Assert.StartsWith(expected, Hex.Of(output), StringComparison.Ordinal);
    }

    private static byte[] Octets(string pattern) =>
        pattern.Split('*') is [string unit, string count]
            ? Hex.Bytes(string.Concat(Enumerable.Repeat(unit, int.Parse(count, System.Globalization.CultureInfo.InvariantCulture))))
            : Hex.Bytes(pattern);
}
