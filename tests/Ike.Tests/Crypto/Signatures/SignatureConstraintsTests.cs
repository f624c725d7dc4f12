using Concentrator.Ike.Configuration;
using Concentrator.Ike.Crypto;
using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Tests.Crypto.Signatures;

/// <summary>What <c>auth</c> of swanctl.conf says of signatures: with which we sign, and which of a peer's are accepted.</summary>
public sealed class SignatureConstraintsTests
{
    private static readonly byte[] Octets = new SeededRandom(11).Octets(300);

    [Theory]
    [InlineData("pubkey", SignatureKeyKind.Rsa, "RSA-PSS with SHA-256")]
    [InlineData("rsa", SignatureKeyKind.Rsa, "RSA-PSS with SHA-256")]
    [InlineData("rsa/pss-sha512", SignatureKeyKind.Rsa, "RSA-PSS with SHA-512")]
    [InlineData("rsa-sha256", SignatureKeyKind.Rsa, "RSA PKCS#1 with SHA-256")]
    [InlineData("ike:rsa-2048-sha384-sha512", SignatureKeyKind.Rsa, "RSA PKCS#1 with SHA-384")]
    [InlineData("rsa-8192", SignatureKeyKind.Rsa, null)]
    [InlineData("ecdsa", SignatureKeyKind.Rsa, null)]
    [InlineData("pubkey-sha384", SignatureKeyKind.EcdsaP256, "ECDSA with SHA-384")]
    [InlineData("ecdsa-384", SignatureKeyKind.EcdsaP256, null)]
    [InlineData("ecdsa-384", SignatureKeyKind.EcdsaP521, "ECDSA with SHA-512")]
    [InlineData("rsa-2048-sha256-ecdsa-256-sha384", SignatureKeyKind.EcdsaP384, "ECDSA with SHA-384")]
    [InlineData("ed25519", SignatureKeyKind.Ed25519, "Ed25519")]
    [InlineData("ED25519-identity", SignatureKeyKind.Ed25519, "Ed25519")]
    [InlineData("pubkey-sha256", SignatureKeyKind.Ed25519, null)]
    [InlineData("rsa", SignatureKeyKind.Ed25519, null)]
    public void We_sign_as_the_configuration_says_or_not_at_all(string auth, SignatureKeyKind kind, string? scheme)
    {
        SigningKey key = TestKeys.Of(kind).Key;
        SignatureConstraints allowed = SignatureConstraints.Parse(auth);

        Assert.Equal(scheme, SignatureAuthentication.Sign(key, SignatureHashes.Ours, Octets, allowed)?.Scheme);
        Assert.Equal(scheme is not null, SignatureAuthentication.CanSign(key, SignatureHashes.Ours, allowed));
    }

    [Fact]
    public void Pkcs1_of_ours_goes_by_rfc_7427_where_the_peer_knows_it_and_by_the_old_method_else()
    {
        SigningKey key = TestKeys.Of(SignatureKeyKind.Rsa).Key;
        SignatureConstraints allowed = SignatureConstraints.Parse("rsa-sha384");

        SignedAuth signed = SignatureAuthentication.Sign(key, SignatureHashes.Ours, Octets, allowed)!;
        SignedAuth old = SignatureAuthentication.Sign(key, [], Octets, allowed)!;

        Assert.Equal((AuthMethod.DigitalSignature, AuthMethod.RsaDigitalSignature), (signed.Method, old.Method));
        Assert.Equal("RSA PKCS#1 with SHA-384", old.Scheme);
        Assert.All([signed, old], s => Assert.True(Verify(SignatureKeyKind.Rsa, s, "pubkey").IsGood));
        Assert.Null(SignatureAuthentication.Sign(key, [], Octets, SignatureConstraints.Parse("rsa/pss")));
    }

    [Theory]
    [InlineData(SignatureKeyKind.Rsa, "rsa/pss-sha256", "rsa", true)]
    [InlineData(SignatureKeyKind.Rsa, "rsa/pss-sha256", "rsa-sha256", true)]
    [InlineData(SignatureKeyKind.Rsa, "rsa/pss-sha256", "rsa-sha384-sha512", false)]
    [InlineData(SignatureKeyKind.Rsa, "rsa-sha256", "rsa/pss-sha256", false)]
    [InlineData(SignatureKeyKind.Rsa, "rsa-sha256", "ike:pubkey-sha256", true)]
    [InlineData(SignatureKeyKind.Rsa, "rsa-sha256", "rsa-2048", true)]
    [InlineData(SignatureKeyKind.Rsa, "rsa-sha256", "rsa-8192", false)]
    [InlineData(SignatureKeyKind.Rsa, "rsa-sha256", "ecdsa-ed25519", false)]
    [InlineData(SignatureKeyKind.EcdsaP256, "pubkey", "ecdsa-384", false)]
    [InlineData(SignatureKeyKind.EcdsaP384, "pubkey", "ecdsa-384-sha384", true)]
    [InlineData(SignatureKeyKind.Ed25519, "pubkey", "ecdsa-ed25519", true)]
    [InlineData(SignatureKeyKind.Ed25519, "pubkey", "pubkey-sha512", false)]
    public void A_good_signature_that_the_configuration_does_not_allow_is_refused(SignatureKeyKind kind, string signer, string verifier, bool good)
    {
        SignedAuth signed = SignatureAuthentication.Sign(TestKeys.Of(kind).Key, SignatureHashes.Ours, Octets, SignatureConstraints.Parse(signer))!;

        SignatureVerdict verdict = Verify(kind, signed, verifier);

        Assert.Equal(good, verdict.IsGood);
        if (!good) Assert.Contains($"is not allowed by '{verifier}'", verdict.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pubkey", KeyFamily.Ecdsa, 256, HashId.Sha256, true)]
    [InlineData("rsa", KeyFamily.Ecdsa, 256, HashId.Sha256, true)]
    [InlineData("rsa-2048", KeyFamily.Ecdsa, 256, HashId.Sha256, true)]
    [InlineData("rsa-2048", KeyFamily.Rsa, 1024, HashId.Sha256, false)]
    [InlineData("rsa-2048-ecdsa-256", KeyFamily.Rsa, 1024, HashId.Sha256, false)]
    [InlineData("ike:rsa-2048-sha512", KeyFamily.Rsa, 1024, HashId.Sha256, true)]
    [InlineData("rsa-2048-sha256", KeyFamily.Ecdsa, 256, HashId.Sha256, false)]
    [InlineData("rsa-2048-sha256-ecdsa-256-sha384", KeyFamily.Ecdsa, 256, HashId.Sha256, false)]
    [InlineData("rsa-2048-sha256-ecdsa-256-sha384", KeyFamily.Ecdsa, 384, HashId.Sha384, true)]
    [InlineData("pubkey-sha384", KeyFamily.Rsa, 2048, null, false)]
    public void Certificates_are_held_against_sizes_and_hashes(string auth, KeyFamily family, int bits, HashId? hash, bool allowed) =>
        Assert.Equal(allowed, SignatureConstraints.Parse(auth).AllowCertificate(family, bits, isPss: false, hash));

    [Theory]
    [InlineData("")]
    [InlineData("ike:")]
    [InlineData("ike:psk")]
    [InlineData("eap-tls")]
    [InlineData("sha256")]
    [InlineData("2048-rsa")]
    [InlineData("rsa-sha1")]
    [InlineData("rsa-md5")]
    [InlineData("rsa-")]
    [InlineData("rsa-12")]
    [InlineData("rsa-99999")]
    [InlineData("rsa-2048-4096")]
    [InlineData("rsa-sha256-2048")]
    [InlineData("pubkey-2048")]
    [InlineData("ed25519-256")]
    [InlineData("ed448")]
    [InlineData("rsa,ecdsa")]
    public void What_is_not_supported_is_an_error(string auth) => Assert.Throws<FormatException>(() => SignatureConstraints.Parse(auth));

    private static SignatureVerdict Verify(SignatureKeyKind kind, SignedAuth signed, string allowed) =>
        SignatureAuthentication.Verify(TestKeys.Of(kind).Certificate, signed.Method, signed.Data, Octets, SignatureConstraints.Parse(allowed));
}
