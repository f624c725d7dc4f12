using Concentrator.Ike.Crypto;
using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Tests.Crypto.Signatures;

/// <summary>The octets of RFC 7427 appendix A and RFC 8420 appendix A.</summary>
public class AlgorithmIdentifiersTests
{
    [Theory]
    [InlineData("RSA PKCS#1 with SHA-256", "300d06092a864886f70d01010b0500")]
    [InlineData("RSA PKCS#1 with SHA-384", "300d06092a864886f70d01010c0500")]
    [InlineData("RSA PKCS#1 with SHA-512", "300d06092a864886f70d01010d0500")]
    [InlineData("ECDSA with SHA-256", "300a06082a8648ce3d040302")]
    [InlineData("ECDSA with SHA-384", "300a06082a8648ce3d040303")]
    [InlineData("ECDSA with SHA-512", "300a06082a8648ce3d040304")]
    [InlineData("Ed25519", "300506032b6570")]
    [InlineData(
        "RSA-PSS with SHA-256",
        "304106092a864886f70d01010a3034a00f300d06096086480165030402010500a11c301a06092a864886f70d010108300d06096086480165030402010500a203020120")]
    public void What_we_send_is_what_the_rfcs_print(string name, string hex)
    {
        SignatureScheme scheme = Schemes().Single(s => s.Name == name);

        Assert.Equal(hex, Convert.ToHexStringLower(AlgorithmIdentifiers.Of(scheme)));
        Assert.Equal(scheme, AlgorithmIdentifiers.Find(Convert.FromHexString(hex)));
    }

    [Theory]
    // RFC 4055 §2.1: absent parameters of a hash are to be accepted as NULL is.
    [InlineData(
        "303d06092a864886f70d01010a3030a00d300b0609608648016503040201a11a301806092a864886f70d010108300b0609608648016503040201a203020120",
        "RSA-PSS with SHA-256")]
    [InlineData(
        "303f06092a864886f70d01010a3032a00d300b0609608648016503040201a11c301a06092a864886f70d010108300d06096086480165030402010500a203020120",
        "RSA-PSS with SHA-256")]
    [InlineData("300b06092a864886f70d01010b", "RSA PKCS#1 with SHA-256")]
    public void Equivalent_forms_are_known(string hex, string name) =>
        Assert.Equal(name, AlgorithmIdentifiers.Find(Convert.FromHexString(hex))?.Name);

    [Theory]
    [InlineData("")]
    [InlineData("3000")]
    [InlineData("300d06092a864886f70d0101050500")] // sha1WithRSAEncryption
    [InlineData("300906072a8648ce3d0401")] // ecdsa-with-SHA1
    [InlineData("300b06072a8648ce3804030500")] // dsa-with-sha1
    [InlineData("300d06092a864886f70d01010a3000")] // RSASSA-PSS with its defaults: SHA-1
    [InlineData("300d06092a864886f70d01010a0500")] // RSASSA-PSS with NULL
    [InlineData("300b06092a864886f70d01010a")] // RSASSA-PSS without parameters: CVE-2018-6459
    [InlineData("300d06092a864886f70d01010b050000")] // an octet too many
    public void What_is_weak_or_unknown_is_not_found(string hex) => Assert.Null(AlgorithmIdentifiers.Find(Convert.FromHexString(hex)));

    [Fact]
    public void A_huge_salt_is_not_found()
    {
        // CVE-2021-41990: a salt length that overflows.
        byte[] octets = AlgorithmIdentifiers.Of(SignatureSchemes.Pss[0]).ToArray();
        for (int salt = 0; salt < 256; salt++)
        {
            octets[^1] = (byte)salt;
            Assert.Equal(salt == 32, AlgorithmIdentifiers.Find(octets) is not null);
        }
    }

    [Fact]
    public void No_identifier_stands_for_two_schemes_and_each_fits_its_length_octet()
    {
        foreach (SignatureScheme scheme in Schemes())
        {
            Assert.Equal(scheme, AlgorithmIdentifiers.Find(AlgorithmIdentifiers.Of(scheme)));
            Assert.InRange(AlgorithmIdentifiers.Of(scheme).Length, 1, 255);
        }
    }

    [Fact]
    public void Announced_hashes_are_read_and_written()
    {
        Assert.Equal("0002000300040005", Convert.ToHexStringLower(SignatureHashes.Write(SignatureHashes.Ours)));
        Assert.Equal(SignatureHashes.Ours, SignatureHashes.Read(SignatureHashes.Write(SignatureHashes.Ours)));
        Assert.Equal([HashId.Sha384, HashId.Identity], SignatureHashes.Read([0, 1, 0, 3, 0x40, 0, 0, 5, 0, 3, 0]));
        Assert.Empty(SignatureHashes.Read([]));
    }

    private static IEnumerable<SignatureScheme> Schemes() =>
        [.. SignatureSchemes.Pss, .. SignatureSchemes.Pkcs1, .. SignatureSchemes.EcdsaDer, SignatureSchemes.Ed25519];
}
