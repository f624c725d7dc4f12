using System.Security.Cryptography;
using System.Text;
using Concentrator.Ike.Crypto;

namespace Concentrator.Ike.Tests.Crypto.Signatures;

/// <summary>Private keys in every file format, as the openssl program writes them.</summary>
public class SigningKeysTests
{
    private const string Passphrase = "correct hörse";

    public static TheoryData<string, SignatureKeyKind> Kinds => new()
    {
        { "RSA", SignatureKeyKind.Rsa },
        { "P-256", SignatureKeyKind.EcdsaP256 },
        { "P-384", SignatureKeyKind.EcdsaP384 },
        { "P-521", SignatureKeyKind.EcdsaP521 },
        { "ED25519", SignatureKeyKind.Ed25519 },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Pkcs8_is_read_as_pem_and_as_der(string algorithm, SignatureKeyKind kind)
    {
        byte[] pem = Generate(algorithm);
        byte[] publicKey = OpenSsl.Run(pem, "pkey", "-pubout", "-outform", "DER");

        AssertIs(SigningKeys.Parse(pem, ""), kind, publicKey);
        AssertIs(SigningKeys.Parse(OpenSsl.Run(pem, "pkcs8", "-topk8", "-nocrypt", "-outform", "DER"), ""), kind, publicKey);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Encrypted_pkcs8_wants_its_passphrase(string algorithm, SignatureKeyKind kind)
    {
        byte[] pem = Generate(algorithm);
        byte[] publicKey = OpenSsl.Run(pem, "pkey", "-pubout", "-outform", "DER");
        byte[] encrypted = OpenSsl.Run(pem, "pkcs8", "-topk8", "-v2", "aes-256-cbc", "-passout", $"pass:{Passphrase}");
        byte[] der = OpenSsl.Run(pem, "pkcs8", "-topk8", "-v2", "aes-128-cbc", "-v2prf", "hmacWithSHA512", "-outform", "DER", "-passout", $"pass:{Passphrase}");

        AssertIs(SigningKeys.Parse(encrypted, Passphrase), kind, publicKey);
        AssertIs(SigningKeys.Parse(der, Passphrase), kind, publicKey);
        Assert.Contains("wrong", Refusal(encrypted, "another"), StringComparison.Ordinal);
        Assert.Contains("wrong", Refusal(der, "another"), StringComparison.Ordinal);
        Assert.Contains("no passphrase", Refusal(encrypted, ""), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-v2", "des3")]
    [InlineData("-v1", "PBE-SHA1-3DES")]
    public void Older_encryptions_of_pkcs8_are_known(string option, string value)
    {
        byte[] pem = Generate("P-256");

        byte[] encrypted = OpenSsl.Run(pem, "pkcs8", "-topk8", option, value, "-passout", "pass:secret");

        AssertIs(SigningKeys.Parse(encrypted, "secret"), SignatureKeyKind.EcdsaP256, OpenSsl.Run(pem, "pkey", "-pubout", "-outform", "DER"));
        Assert.Contains("wrong", Refusal(encrypted, "Secret"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("RSA", SignatureKeyKind.Rsa)]
    [InlineData("P-256", SignatureKeyKind.EcdsaP256)]
    [InlineData("P-521", SignatureKeyKind.EcdsaP521)]
    public void Pkcs1_and_sec1_are_read_as_pem_and_as_der(string algorithm, SignatureKeyKind kind)
    {
        byte[] pem = Generate(algorithm);
        byte[] publicKey = OpenSsl.Run(pem, "pkey", "-pubout", "-outform", "DER");

        AssertIs(SigningKeys.Parse(OpenSsl.Run(pem, "pkey", "-traditional"), ""), kind, publicKey);
        AssertIs(SigningKeys.Parse(OpenSsl.Run(pem, "pkey", "-traditional", "-outform", "DER"), ""), kind, publicKey);
    }

    [Theory]
    [InlineData("RSA", "-aes128")]
    [InlineData("RSA", "-aes256")]
    [InlineData("P-384", "-aes192")]
    [InlineData("P-384", "-des3")]
    public void Openssl_s_own_encryption_of_pem_is_known(string algorithm, string cipher)
    {
        byte[] pem = Generate(algorithm);
        byte[] encrypted = OpenSsl.Run(pem, "pkey", "-traditional", cipher, "-passout", $"pass:{Passphrase}");
        Assert.Contains("DEK-Info", Encoding.ASCII.GetString(encrypted), StringComparison.Ordinal);

        using SigningKey key = SigningKeys.Parse(encrypted, Passphrase);

        Assert.Equal(OpenSsl.Run(pem, "pkey", "-pubout", "-outform", "DER"), key.PublicKey.ToArray());
        Assert.Contains("no passphrase", Refusal(encrypted, ""), StringComparison.Ordinal);
        for (int i = 0; i < 20; i++) Assert.Contains("wrong", Refusal(encrypted, $"wrong {i}"), StringComparison.Ordinal);
    }

    [Fact]
    public void What_stands_before_the_key_in_a_pem_file_is_passed_over()
    {
        byte[] pem = OpenSsl.Run([], "ecparam", "-name", "prime256v1", "-genkey");
        Assert.StartsWith("-----BEGIN EC PARAMETERS", Encoding.ASCII.GetString(pem), StringComparison.Ordinal);

        using SigningKey key = SigningKeys.Parse(pem, "");

        Assert.Equal(SignatureKeyKind.EcdsaP256, key.Kind);
    }

    [Fact]
    public void A_key_that_cannot_sign_says_why()
    {
        Assert.Contains("curve", Refusal(OpenSsl.Run([], "ecparam", "-name", "secp256k1", "-genkey", "-noout"), ""), StringComparison.Ordinal);
        Assert.Contains("1.3.101.110", Refusal(OpenSsl.Run([], "genpkey", "-algorithm", "X25519"), ""), StringComparison.Ordinal);
        byte[] scrypt = OpenSsl.Run(Generate("P-256"), "pkcs8", "-topk8", "-scrypt", "-scrypt_N", "16", "-passout", "pass:secret");
        Assert.Contains("scrypt", Refusal(scrypt, "secret"), StringComparison.Ordinal);
        Assert.Contains("512 bits", Refusal(OpenSsl.Run([], "genrsa", "512"), ""), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("-----BEGIN PRIVATE KEY-----")]
    [InlineData("-----BEGIN PRIVATE KEY-----\n!!!!\n-----END PRIVATE KEY-----\n")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n")]
    [InlineData("-----BEGIN PUBLIC KEY-----\nMAA=\n-----END PUBLIC KEY-----\n")]
    public void What_is_no_private_key_is_refused(string text) => Refusal(Encoding.ASCII.GetBytes(text), "");

    [Fact]
    public void Every_truncation_is_refused_and_none_throws_anything_else()
    {
        byte[] der = OpenSsl.Run(Generate("P-256"), "pkcs8", "-topk8", "-nocrypt", "-outform", "DER");
        byte[] encrypted = OpenSsl.Run(Generate("P-256"), "pkcs8", "-topk8", "-iter", "1", "-outform", "DER", "-passout", "pass:secret");

        for (int length = 0; length < der.Length; length++) Refusal(der[..length], "");
        for (int length = 0; length < encrypted.Length; length++) Refusal(encrypted[..length], "secret");
    }

    private static byte[] Generate(string algorithm) => TestKeys.Generate(algorithm);

    private static string Refusal(byte[] file, string passphrase) =>
        Assert.Throws<FormatException>(() => SigningKeys.Parse(file, passphrase)).Message;

    private static void AssertIs(SigningKey key, SignatureKeyKind kind, byte[] publicKey)
    {
        using (key)
        {
            Assert.Equal(kind, key.Kind);
            Assert.Equal(publicKey, key.PublicKey.ToArray());
        }
    }
}
