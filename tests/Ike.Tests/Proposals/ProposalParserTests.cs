using Concentrator.Ike.Proposals;
using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Tests.Proposals;

/// <summary>Proposal strings as swanctl.conf has them.</summary>
public sealed class ProposalParserTests
{
    [Theory]
    [InlineData("aes256-sha256-modp2048", "1:12/256 2:5 3:12 4:14")]
    [InlineData("aes128gcm16-prfsha256-x25519", "1:20/128 2:5 4:31")]
    [InlineData("aes128-aes256-sha256-sha384-ecp256-curve25519", "1:12/128 1:12/256 2:5 2:6 3:12 3:13 4:19 4:31")]
    [InlineData("chacha20poly1305-prfsha512-ecp384", "1:28 2:7 4:20")]
    [InlineData("aes256gcm16-sha384-ecp384", "1:20/256 2:6 4:20")]
    [InlineData("aes-sha2_512-prfsha256-modp4096", "1:12/128 2:5 3:14 4:16")]
    public void Ike_strings(string text, string expected) => Assert.Equal(expected, Show(ProposalParser.ParseIke(text, 1)));

    [Theory]
    [InlineData("aes128gcm16", "1:20/128 5:0")]
    [InlineData("aes256-sha256", "1:12/256 3:12 5:0")]
    [InlineData("aes256gcm128-x25519-esn", "1:20/256 4:31 5:1")]
    [InlineData("aes256gcm16-sha384-ecp384", "1:20/256 4:20 5:0")]
    [InlineData("aes256-sha256-modp2048-modpnone", "1:12/256 3:12 4:14 4:0 5:0")]
    [InlineData("aes128-sha256-esn-noesn", "1:12/128 3:12 5:1 5:0")]
    public void Esp_strings(string text, string expected) => Assert.Equal(expected, Show(ProposalParser.ParseEsp(text, 1)));

    [Theory]
    [InlineData("aes256-sha256-modp2049", "unknown algorithm 'modp2049', did you mean 'modp2048'?")]
    [InlineData("aes266-sha256-modp2048", "unknown algorithm 'aes266', did you mean 'aes256'?")]
    [InlineData("aes128gcm16-x25519", "needs a PRF")]
    [InlineData("aes128-sha256", "needs a key exchange method")]
    [InlineData("aes128-x25519", "needs an integrity algorithm")]
    [InlineData("sha256-x25519", "needs an encryption algorithm")]
    [InlineData("aes128gcm16-aes128-sha256-prfsha256-x25519", "a proposal each")]
    [InlineData("aes128-sha256-kyberspace", "unknown algorithm 'kyberspace'.")]
    [InlineData("3des-sha256-modp2048", "algorithm '3des' is not supported")]
    [InlineData("aes128-sha1-modp2048", "algorithm 'sha1' is not supported")]
    [InlineData("aes128gcm16-prfsha256-x25519-ke1_mlkem768", "algorithm 'ke1_mlkem768' is not supported")]
    [InlineData("aes128-sha256-x25519-modpnone", "for ESP proposals")]
    [InlineData("aes128-sha256-x25519-esn", "for ESP proposals")]
    [InlineData("", "unknown algorithm ''")]
    public void Mistakes_say_what_to_do(string text, string expected) =>
        Assert.Contains(expected, Assert.Throws<FormatException>(() => ProposalParser.ParseIke(text, 1)).Message, StringComparison.Ordinal);

    [Fact]
    public void Default_covers_all_that_is_supported()
    {
        IReadOnlyList<string> ike = ProposalParser.Expand("default", ProtocolId.Ike);
        HashSet<(TransformType, ushort, ushort)> covered = [.. ike.SelectMany(t => ProposalParser.ParseIke(t, 1).Transforms).Select(t => (t.Type, t.Id, t.KeyLength))];
        foreach (KeyExchangeMethod method in Enum.GetValues<KeyExchangeMethod>().Where(m => m != KeyExchangeMethod.None))
            Assert.Contains((TransformType.KeyExchangeMethod, (ushort)method, (ushort)0), covered);
        foreach (ushort bits in new ushort[] { 128, 192, 256 })
        {
            Assert.Contains((TransformType.Encryption, (ushort)EncryptionId.AesGcm16, bits), covered);
            Assert.Contains((TransformType.Encryption, (ushort)EncryptionId.AesCbc, bits), covered);
        }

        Assert.All(ProposalParser.Expand("default", ProtocolId.Esp), text => ProposalParser.ParseEsp(text, 1));
        Assert.Equal(["aes128-sha256"], ProposalParser.Expand("aes128-sha256", ProtocolId.Esp));
    }

    private static string Show(Proposal proposal) =>
        string.Join(' ', proposal.Transforms.Select(t => $"{(byte)t.Type}:{t.Id}{(t.KeyLength == 0 ? "" : $"/{t.KeyLength}")}"));
}
