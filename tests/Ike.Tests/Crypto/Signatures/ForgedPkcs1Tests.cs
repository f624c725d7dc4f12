using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Concentrator.Ike.Crypto;
using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Tests.Crypto.Signatures;

/// <summary>
/// PKCS#1 v1.5 encodings that a lax verifier takes (Bleichenbacher 2006, BERserk; CVE-2018-16151). The exponent is 3; the test knows the private
/// key, so that each encoding is a true RSA signature of something that is not quite an encoding.
/// </summary>
public sealed class ForgedPkcs1Tests : IDisposable
{
    private static readonly byte[] Octets = new SeededRandom(9).Octets(500);
    private static readonly byte[] DigestInfo =
        [.. Convert.FromHexString("3031300d060960864801650304020105000420"), .. SHA256.HashData(Octets)];

    private readonly RSA _key = RSA.Create();
    private readonly X509Certificate2 _certificate;

    public ForgedPkcs1Tests()
    {
        byte[] pem = OpenSsl.Run([], "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-pkeyopt", "rsa_keygen_pubexp:3");
        _key.ImportFromPem(Encoding.ASCII.GetString(pem));
        var request = new CertificateRequest("CN=low exponent", _key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        _certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
    }

    private int Length => _key.KeySize / 8;

    public void Dispose()
    {
        _key.Dispose();
        _certificate.Dispose();
    }

    [Fact]
    public void The_true_encoding_passes() => Assert.True(Verdict([0, 1, .. Padding(Length - 3 - DigestInfo.Length), 0, .. DigestInfo]).IsGood);

    [Fact]
    public void Garbage_behind_the_digest_does_not_pass() =>
        Refused([0, 1, .. Padding(8), 0, .. DigestInfo, .. new SeededRandom(1).Octets(Length - 11 - DigestInfo.Length)]);

    [Fact]
    public void A_cube_root_does_not_pass()
    {
        // No private key needed: the cube of a rounded root begins as the encoding does.
        byte[] wanted = [0, 1, .. Padding(8), 0, .. DigestInfo, .. new byte[Length - 11 - DigestInfo.Length]];
        byte[] forged = ToOctets(CubeRoot(FromOctets(wanted)) + 1);
        byte[] cube = ToOctets(BigInteger.Pow(FromOctets(forged), 3));
        Assert.Equal(wanted[..(11 + DigestInfo.Length)], cube[..(11 + DigestInfo.Length)]);

        Assert.False(SignatureAuthentication.Verify(_certificate, AuthMethod.RsaDigitalSignature, forged, Octets).IsGood);
    }

    [Fact]
    public void Garbage_in_the_parameters_of_the_algorithm_does_not_pass()
    {
        byte[] parameters = new SeededRandom(2).Octets(60);
        byte[] algorithm = [0x30, 73, .. DigestInfo[4..15], 0x04, 60, .. parameters, .. DigestInfo[17..]];
        Refused(Padded([0x30, checked((byte)algorithm.Length), .. algorithm]));
    }

    [Fact]
    public void Another_form_of_length_does_not_pass()
    {
        // BER's long form where DER wants the short one.
        Refused(Padded([0x30, 0x81, 0x31, .. DigestInfo[2..]]));
        Refused(Padded([.. DigestInfo[..^33], 0x81, 0x20, .. DigestInfo[^32..]]));
    }

    [Fact]
    public void Wrong_padding_octets_do_not_pass()
    {
        byte[] good = Padded(DigestInfo);
        foreach (int index in new[] { 0, 1, 2, 50, Length - DigestInfo.Length - 1 })
        {
            byte[] bad = [.. good];
            bad[index] ^= 0x02;
            Refused(bad);
        }
    }

    [Fact]
    public void A_digest_alone_does_not_pass() => Refused(Padded(SHA256.HashData(Octets)));

    private void Refused(byte[] encoding)
    {
        Assert.Equal(Length, encoding.Length);
        Assert.False(Verdict(encoding).IsGood);
    }

    private SignatureVerdict Verdict(byte[] encoding)
    {
        RSAParameters key = _key.ExportParameters(includePrivateParameters: true);
        BigInteger raw = BigInteger.ModPow(FromOctets(encoding), FromOctets(key.D!), FromOctets(key.Modulus!));
        return SignatureAuthentication.Verify(_certificate, AuthMethod.RsaDigitalSignature, ToOctets(raw), Octets);
    }

    private byte[] Padded(byte[] content) => [0, 1, .. Padding(Length - 3 - content.Length), 0, .. content];

    private static byte[] Padding(int count) => [.. Enumerable.Repeat((byte)0xff, count)];

    private static BigInteger FromOctets(byte[] octets) => new(octets, isUnsigned: true, isBigEndian: true);

    private byte[] ToOctets(BigInteger value)
    {
        byte[] octets = value.ToByteArray(isUnsigned: true, isBigEndian: true);
        return [.. new byte[Length - octets.Length], .. octets];
    }

    private static BigInteger CubeRoot(BigInteger value)
    {
        BigInteger low = 0;
        BigInteger high = BigInteger.One << 700;
        while (high - low > 1)
        {
            BigInteger middle = (low + high) / 2;
            if (middle * middle * middle <= value) low = middle;
            else high = middle;
        }

        return low;
    }
}
