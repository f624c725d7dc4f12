using System.Security.Cryptography;
using Concentrator.Ike.Crypto;
using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Tests.Crypto.Signatures;

/// <summary>AUTH with signatures: every kind of key, every method, and what must not pass.</summary>
public class SignatureAuthenticationTests
{
    private static readonly byte[] Octets = new SeededRandom(7).Octets(900);

    public static TheoryData<SignatureKeyKind> Kinds => [.. Enum.GetValues<SignatureKeyKind>()];

    public static TheoryData<SignatureKeyKind, AuthMethod> OldMethods => new()
    {
        { SignatureKeyKind.Rsa, AuthMethod.RsaDigitalSignature },
        { SignatureKeyKind.EcdsaP256, AuthMethod.EcdsaP256 },
        { SignatureKeyKind.EcdsaP384, AuthMethod.EcdsaP384 },
        { SignatureKeyKind.EcdsaP521, AuthMethod.EcdsaP521 },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Rfc_7427_signatures_verify_and_nothing_else_does(SignatureKeyKind kind)
    {
        TestKeys keys = TestKeys.Of(kind);

        SignedAuth auth = SignatureAuthentication.Sign(keys.Key, SignatureHashes.Ours, Octets)!;

        Assert.Equal(AuthMethod.DigitalSignature, auth.Method);
        SignatureVerdict verdict = Verify(keys, auth.Method, auth.Data);
        Assert.True(verdict.IsGood);
        Assert.Equal(auth.Scheme, verdict.Text);
        AssertFragile(keys, auth);
    }

    [Theory]
    [MemberData(nameof(OldMethods))]
    public void Without_announced_hashes_the_old_methods_serve(SignatureKeyKind kind, AuthMethod method)
    {
        TestKeys keys = TestKeys.Of(kind);

        SignedAuth auth = SignatureAuthentication.Sign(keys.Key, [], Octets)!;

        Assert.Equal(method, auth.Method);
        Assert.True(Verify(keys, auth.Method, auth.Data).IsGood);
        AssertFragile(keys, auth);
    }

    [Fact]
    public void The_octets_of_the_old_ecdsa_methods_are_of_fixed_width()
    {
        // RFC 4754 §7: 64, 96 and 132 octets.
        Assert.Equal(64, SignatureAuthentication.Sign(TestKeys.Of(SignatureKeyKind.EcdsaP256).Key, [], Octets)!.Data.Length);
        Assert.Equal(96, SignatureAuthentication.Sign(TestKeys.Of(SignatureKeyKind.EcdsaP384).Key, [], Octets)!.Data.Length);
        Assert.Equal(132, SignatureAuthentication.Sign(TestKeys.Of(SignatureKeyKind.EcdsaP521).Key, [], Octets)!.Data.Length);
    }

    [Theory]
    [InlineData(SignatureKeyKind.Rsa, HashId.Sha512, "RSA-PSS with SHA-512")]
    [InlineData(SignatureKeyKind.Rsa, HashId.Sha384, "RSA-PSS with SHA-384")]
    [InlineData(SignatureKeyKind.EcdsaP256, HashId.Sha384, "ECDSA with SHA-384")]
    [InlineData(SignatureKeyKind.EcdsaP384, HashId.Sha512, "ECDSA with SHA-512")]
    public void The_hash_is_one_that_the_peer_announced(SignatureKeyKind kind, HashId announced, string scheme)
    {
        SignedAuth auth = SignatureAuthentication.Sign(TestKeys.Of(kind).Key, [announced], Octets)!;

        Assert.Equal(scheme, auth.Scheme);
        Assert.True(Verify(TestKeys.Of(kind), auth.Method, auth.Data).IsGood);
    }

    [Fact]
    public void A_hash_weaker_than_the_curve_is_not_taken()
    {
        SignedAuth auth = SignatureAuthentication.Sign(TestKeys.Of(SignatureKeyKind.EcdsaP521).Key, [HashId.Sha256, HashId.Sha384], Octets)!;

        Assert.Equal(AuthMethod.EcdsaP521, auth.Method);
    }

    [Fact]
    public void Ed25519_needs_a_peer_that_knows_it() =>
        Assert.Null(SignatureAuthentication.Sign(TestKeys.Of(SignatureKeyKind.Ed25519).Key, [HashId.Sha256, HashId.Sha512], Octets));

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_signature_of_another_key_does_not_pass(SignatureKeyKind kind)
    {
        foreach (SignatureKeyKind other in Enum.GetValues<SignatureKeyKind>().Where(k => k != kind))
        {
            SignedAuth auth = SignatureAuthentication.Sign(TestKeys.Of(other).Key, SignatureHashes.Ours, Octets)!;
            Assert.False(Verify(TestKeys.Of(kind), auth.Method, auth.Data).IsGood);
            if (SignatureAuthentication.Sign(TestKeys.Of(other).Key, [], Octets) is { } old)
                Assert.False(Verify(TestKeys.Of(kind), old.Method, old.Data).IsGood);
        }
    }

    [Theory]
    [InlineData(HashId.Sha256)]
    [InlineData(HashId.Sha384)]
    [InlineData(HashId.Sha512)]
    public void Pkcs1_of_a_peer_passes_under_rfc_7427_and_under_method_1(HashId hash)
    {
        TestKeys keys = TestKeys.Of(SignatureKeyKind.Rsa);
        SignatureScheme scheme = SignatureSchemes.Pkcs1.Single(s => s.Hash == hash);
        byte[] signature = keys.Key.Sign(scheme, Octets);
        byte[] identifier = AlgorithmIdentifiers.Of(scheme).ToArray();

        Assert.True(Verify(keys, AuthMethod.DigitalSignature, [(byte)identifier.Length, .. identifier, .. signature]).IsGood);
        Assert.True(Verify(keys, AuthMethod.RsaDigitalSignature, signature).IsGood);
    }

    [Fact]
    public void Sha1_is_refused_by_name()
    {
        TestKeys keys = TestKeys.Of(SignatureKeyKind.Rsa);

        SignatureVerdict verdict = Verify(keys, AuthMethod.RsaDigitalSignature, keys.Key.Sign(SignatureSchemes.Pkcs1WithSha1, Octets));

        Assert.False(verdict.IsGood);
        Assert.Contains("SHA-1", verdict.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_methods_that_are_no_signatures_are_refused()
    {
        TestKeys keys = TestKeys.Of(SignatureKeyKind.Rsa);
        foreach (AuthMethod method in new[] { AuthMethod.SharedKeyMic, AuthMethod.DssDigitalSignature, AuthMethod.NullAuthentication, default, (AuthMethod)255 })
            Assert.False(Verify(keys, method, new byte[256]).IsGood);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Openssl_agrees_with_our_signatures(SignatureKeyKind kind)
    {
        TestKeys keys = TestKeys.Of(kind);
        SignatureScheme scheme = SignatureSchemes.PreferredBy(kind).First();
        string[] files = [Path.GetTempFileName(), Path.GetTempFileName(), Path.GetTempFileName()];
        try
        {
            File.WriteAllBytes(files[0], OpenSsl.Run(keys.Pem, "pkey", "-pubout"));
            File.WriteAllBytes(files[1], keys.Key.Sign(scheme, Octets));
            File.WriteAllBytes(files[2], Octets);
            string[] how = kind == SignatureKeyKind.Ed25519 ? ["-rawin"] : ["-rawin", "-digest", scheme.HashName.Name!];
            if (kind == SignatureKeyKind.Rsa) how = [.. how, "-pkeyopt", "rsa_padding_mode:pss", "-pkeyopt", "rsa_pss_saltlen:digest"];

            OpenSsl.Run([], ["pkeyutl", "-verify", "-pubin", "-inkey", files[0], "-sigfile", files[1], "-in", files[2], .. how]);
        }
        finally
        {
            foreach (string file in files) File.Delete(file);
        }
    }

    [Fact]
    public void One_key_signs_on_many_threads_at_once()
    {
        foreach (SignatureKeyKind kind in Enum.GetValues<SignatureKeyKind>())
        {
            TestKeys keys = TestKeys.Of(kind);
            Parallel.For(0, 64, i =>
            {
                byte[] octets = [.. Octets, (byte)i];
                SignedAuth auth = SignatureAuthentication.Sign(keys.Key, SignatureHashes.Ours, octets)!;
                Assert.True(SignatureAuthentication.Verify(keys.Certificate, auth.Method, auth.Data, octets).IsGood);
            });
        }
    }

    /// <summary>Any octet changed, any octet missing, one too many, other octets signed: refused, and nothing is thrown.</summary>
    private static void AssertFragile(TestKeys keys, SignedAuth auth)
    {
        for (int i = 0; i < auth.Data.Length; i += i < 80 ? 1 : 7)
        {
            byte[] changed = [.. auth.Data];
            changed[i] ^= 0x01;
            Assert.False(Verify(keys, auth.Method, changed).IsGood);
            Assert.False(Verify(keys, auth.Method, auth.Data[..i]).IsGood);
        }

        Assert.False(Verify(keys, auth.Method, [.. auth.Data, 0]).IsGood);
        byte[] other = [.. Octets];
        other[^1] ^= 0x80;
        Assert.False(SignatureAuthentication.Verify(keys.Certificate, auth.Method, auth.Data, other).IsGood);
    }

    private static SignatureVerdict Verify(TestKeys keys, AuthMethod method, byte[] data) =>
        SignatureAuthentication.Verify(keys.Certificate, method, data, Octets);
}
