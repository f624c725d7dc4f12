using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Concentrator.Actors.Certificates;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Session;
using Concentrator.Ike.Wire;

namespace Concentrator.Actors.Tests.Certificates;

/// <summary>Chains and dates, without revocation: what is trusted, and the one line that says why something is not.</summary>
public sealed class CertificateJudgeTests
{
    private static readonly DateTimeOffset Today = new(2027, 5, 4, 12, 0, 0, TimeSpan.Zero);

    private readonly TestAuthority _root = new("Root");
    private readonly Clock _clock = new(Today);

    [Fact]
    public async Task A_certificate_of_a_trusted_authority_is_trusted()
    {
        Assert.True((await Judge([_root.Issue("moon")])).AreTrusted);
        Assert.True((await Judge([_root.Issue("moon")], remote: a => a with { Authorities = [_root.Certificate] }, gateway: [])).AreTrusted);
    }

    [Fact]
    public async Task Intermediate_certificates_may_come_from_the_peer_or_from_the_gateway()
    {
        TestAuthority middle = new("Middle", _root);
        TestAuthority lower = new("Lower", middle);
        X509Certificate2 moon = lower.Issue("moon");

        Assert.True((await Judge([moon, lower.Certificate, middle.Certificate])).AreTrusted);
        Assert.True((await Judge([moon, middle.Certificate, lower.Certificate])).AreTrusted);
        Assert.True((await Judge([moon], certificates: [lower.Certificate, middle.Certificate])).AreTrusted);
        Assert.True((await Judge([moon, lower.Certificate], gateway: [_root.Certificate, middle.Certificate])).AreTrusted);
        await Refused("issuer 'CN=Middle' of certificate 'CN=Lower' is not known", [moon, lower.Certificate]);
        await Refused("issuer 'CN=Lower' of certificate 'CN=moon' is not known", [moon]);
    }

    [Fact]
    public async Task The_authorities_of_the_connection_come_before_those_of_the_gateway()
    {
        TestAuthority other = new("Other");

        await Refused(
            "'CN=moon' is of 'CN=Root', which is not an authority for this peer",
            [_root.Issue("moon")],
            remote: a => a with { Authorities = [other.Certificate] });
        Assert.True((await Judge([other.Issue("moon")], remote: a => a with { Authorities = [other.Certificate] })).AreTrusted);
    }

    [Fact]
    public async Task An_intermediate_authority_may_be_the_one_that_is_wanted()
    {
        TestAuthority sales = new("Sales", _root);
        TestAuthority research = new("Research", _root);
        AuthConfig OnlySales(AuthConfig a) => a with { Authorities = [sales.Certificate] };

        Assert.True((await Judge([sales.Issue("moon"), sales.Certificate], OnlySales)).AreTrusted);
        Assert.True((await Judge([sales.Issue("moon")], OnlySales)).AreTrusted);
        Assert.True((await Judge([sales.Issue("moon")], OnlySales, gateway: [])).AreTrusted);
        await Refused("not an authority for this peer", [research.Issue("moon"), research.Certificate], OnlySales);
        await Refused("not known", [research.Issue("moon")], OnlySales, gateway: []);
    }

    [Fact]
    public async Task An_anchor_that_is_no_root_still_has_its_signatures_checked()
    {
        // Another key under the same name and key identifier.
        TestAuthority sales = new("Sales", _root);
        TestAuthority impostor = new("Sales");
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=moon", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(sales.Certificate, true, false));
        X509Certificate2 forged = request.Create(
            sales.Certificate.SubjectName, X509SignatureGenerator.CreateForECDsa(impostor.Key), TestAuthority.NotBefore, TestAuthority.NotAfter, [1, 2, 3]);

        await Refused("'CN=moon'", [forged], a => a with { Authorities = [sales.Certificate] }, gateway: []);
        await Refused("'CN=moon'", [forged], a => a with { Authorities = [sales.Certificate] });
        await Refused("'CN=moon'", [forged, impostor.Certificate], a => a with { Authorities = [sales.Certificate] });
    }

    [Fact]
    public async Task A_wrong_authority_is_named()
    {
        TestAuthority other = new("Other");

        await Refused("issuer 'CN=Other' of certificate 'CN=moon' is not known", [other.Issue("moon")]);
        await Refused("'CN=moon' is of 'CN=Other', which is not trusted", [other.Issue("moon"), other.Certificate]);
        await Refused("not known", [_root.Issue("moon")], gateway: []);
    }

    [Fact]
    public async Task An_authority_of_the_same_name_is_not_the_same()
    {
        TestAuthority impostor = new("Root");

        await Refused("certificate 'CN=moon'", [impostor.Issue("moon")]);
        await Refused("certificate 'CN=moon'", [impostor.Issue("moon"), impostor.Certificate]);
    }

    [Fact]
    public async Task Dates_are_held_against_the_clock()
    {
        await Refused(
            "certificate 'CN=moon' expired on 2027-05-03 00:00:00 UTC",
            [_root.Issue("moon", TestAuthority.NotBefore, new DateTimeOffset(2027, 5, 3, 0, 0, 0, TimeSpan.Zero))]);
        await Refused(
            "certificate 'CN=moon' is not valid until 2027-05-05 00:00:00 UTC",
            [_root.Issue("moon", new DateTimeOffset(2027, 5, 5, 0, 0, 0, TimeSpan.Zero), TestAuthority.NotAfter)]);

        X509Certificate2 moon = _root.Issue("moon");
        _clock.Now = TestAuthority.NotAfter.AddDays(1);
        await Refused("expired", [moon]);
        _clock.Now = TestAuthority.NotBefore.AddDays(-1);
        await Refused("not valid until", [moon]);
        _clock.Now = Today;
        Assert.True((await Judge([moon])).AreTrusted);
    }

    [Fact]
    public async Task An_intermediate_certificate_that_expired_is_named()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=Middle", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        X509Certificate2 middle = _root.Sign(request, TestAuthority.NotBefore, Today.AddDays(-1));
        X509Certificate2 moon = new CertificateRequest("CN=moon", key, HashAlgorithmName.SHA256)
            .Create(middle.SubjectName, X509SignatureGenerator.CreateForECDsa(key), TestAuthority.NotBefore, Today.AddDays(-2), [1]);
        X509Certificate2 late = new CertificateRequest("CN=moon", key, HashAlgorithmName.SHA256)
            .Create(middle.SubjectName, X509SignatureGenerator.CreateForECDsa(key), TestAuthority.NotBefore, TestAuthority.NotAfter, [1]);

        await Refused("'CN=Middle' expired", [late, middle]);
        await Refused("expired", [moon, middle]);
    }

    [Fact]
    public async Task A_self_signed_certificate_is_refused_unless_configured()
    {
        X509Certificate2 own = SelfSigned("moon");

        await Refused("'CN=moon' is self-signed and not configured", [own]);
        Assert.True((await Judge([own], a => a with { Certificates = [own] })).AreTrusted);
        Assert.True((await Judge([own], a => a with { Authorities = [own] })).AreTrusted);
    }

    [Fact]
    public async Task A_configured_certificate_is_accepted_as_it_is_within_its_dates_and_no_other()
    {
        TestAuthority unknown = new("Unknown");
        X509Certificate2 pinned = unknown.Issue("moon");
        X509Certificate2 other = _root.Issue("moon");

        Assert.True((await Judge([pinned], a => a with { Certificates = [other, pinned] })).AreTrusted);
        await Refused("'CN=moon' is not the one that is configured", [other], a => a with { Certificates = [pinned] });
        _clock.Now = TestAuthority.NotAfter.AddDays(1);
        await Refused("'CN=moon' expired", [pinned], a => a with { Certificates = [pinned] });
    }

    [Fact]
    public async Task A_certificate_that_is_no_authority_issues_nothing()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        X509Certificate2 carol = _root.Sign(new CertificateRequest("CN=carol", key, HashAlgorithmName.SHA256), TestAuthority.NotBefore, TestAuthority.NotAfter);
        X509Certificate2 moon = new CertificateRequest("CN=moon", key, HashAlgorithmName.SHA256)
            .Create(carol.SubjectName, X509SignatureGenerator.CreateForECDsa(key), TestAuthority.NotBefore, TestAuthority.NotAfter, [1]);

        Assert.False((await Judge([moon, carol])).AreTrusted);
    }

    [Fact]
    public async Task The_length_of_a_path_is_bounded_by_its_authority()
    {
        TestAuthority middle = new("Middle", _root, pathLength: 0);
        TestAuthority lower = new("Lower", middle);

        Assert.True((await Judge([middle.Issue("moon"), middle.Certificate])).AreTrusted);
        Assert.False((await Judge([lower.Issue("moon"), lower.Certificate, middle.Certificate])).AreTrusted);
    }

    [Fact]
    public async Task An_unknown_critical_extension_is_refused_and_an_extended_key_usage_is_not()
    {
        X509Extension unknown = new("1.2.3.4.5", [0x05, 0x00], critical: true);
        X509Extension serverOnly = new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: false);

        await Refused("HasNotSupportedCriticalExtension", [_root.Issue("moon", unknown)]);
        Assert.True((await Judge([_root.Issue("moon", serverOnly)])).AreTrusted);
    }

    [Theory]
    [InlineData(X509KeyUsageFlags.DigitalSignature, true)]
    [InlineData(X509KeyUsageFlags.NonRepudiation | X509KeyUsageFlags.KeyEncipherment, true)]
    [InlineData(X509KeyUsageFlags.KeyEncipherment | X509KeyUsageFlags.KeyAgreement, false)]
    [InlineData(X509KeyUsageFlags.KeyCertSign, false)]
    public async Task A_key_that_is_not_for_signatures_is_refused(X509KeyUsageFlags usage, bool trusted)
    {
        X509Certificate2 moon = _root.Issue("moon", new X509KeyUsageExtension(usage, critical: false));

        if (trusted) Assert.True((await Judge([moon])).AreTrusted);
        else await Refused("certificate 'CN=moon' is not for signatures: its key usage is ", [moon]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_weak_hash_vouches_for_nothing_but_an_anchor_needs_none(bool isPss)
    {
        using RSA key = RSA.Create(2048);
        X509SignatureGenerator weak = new Sha1SignatureGenerator(key, isPss), strong = X509SignatureGenerator.CreateForRSA(key, RSASignaturePadding.Pss);
        CertificateRequest old = new(new X500DistinguishedName("CN=Old"), weak.PublicKey, HashAlgorithmName.SHA256);
        old.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        X509Certificate2 root = old.Create(old.SubjectName, weak, TestAuthority.NotBefore, TestAuthority.NotAfter, [7]);
        X509Certificate2 Issue(X509SignatureGenerator how) => new CertificateRequest(new X500DistinguishedName("CN=moon"), how.PublicKey, HashAlgorithmName.SHA512)
            .Create(root.SubjectName, how, TestAuthority.NotBefore, TestAuthority.NotAfter, [1]);

        Assert.True((await Judge([Issue(strong)], gateway: [root])).AreTrusted);
        await Refused("'CN=moon' is signed with a hash that is too weak", [Issue(weak)], gateway: [root]);
    }

    [Theory]
    [InlineData("pubkey-sha256", true)]
    [InlineData("ecdsa-256-sha256", true)]
    [InlineData("rsa-3072", true)]
    [InlineData("ecdsa-384", false)]
    [InlineData("ike:ecdsa-384", true)]
    [InlineData("pubkey-sha384", false)]
    [InlineData("ike:pubkey-sha384", true)]
    public async Task Hashes_and_sizes_that_are_wanted_are_wanted_of_certificates_too(string auth, bool trusted)
    {
        TestAuthority middle = new("Middle", _root);
        AuthConfig Only(AuthConfig a) => a with { Signatures = SignatureConstraints.Parse(auth) };

        if (trusted) Assert.True((await Judge([middle.Issue("moon"), middle.Certificate], Only)).AreTrusted);
        else await Refused($"the issuer's signature of certificate 'CN=moon', by a key of 256 bits, is not allowed by '{auth}'", [middle.Issue("moon"), middle.Certificate], Only);
    }

    [Fact]
    public async Task A_name_outside_its_authority_s_constraints_is_refused()
    {
        TestAuthority constrained = new("Constrained", _root, null, PermittedDns("example.org"));
        SubjectAlternativeNameBuilder inside = new(), outside = new();
        inside.AddDnsName("moon.example.org");
        outside.AddDnsName("moon.example.com");

        Assert.True((await Judge([constrained.Issue("moon", inside.Build()), constrained.Certificate])).AreTrusted);
        Assert.False((await Judge([constrained.Issue("moon", outside.Build()), constrained.Certificate])).AreTrusted);
    }

    [Fact]
    public async Task Authorities_that_certify_each_other_are_refused_in_finite_time()
    {
        using ECDsa a = ECDsa.Create(ECCurve.NamedCurves.nistP256), b = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        X509Certificate2 aByB = Authority("A", a, "B", b), bByA = Authority("B", b, "A", a);
        X509Certificate2 moon = new CertificateRequest("CN=moon", b, HashAlgorithmName.SHA256)
            .Create(new X500DistinguishedName("CN=A"), X509SignatureGenerator.CreateForECDsa(a), TestAuthority.NotBefore, TestAuthority.NotAfter, [9]);

        CertificatesJudged judged = await Judge([moon, aByB, bByA]).WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);

        Assert.False(judged.AreTrusted);
        Assert.Contains("'CN=", judged.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Damaged_octets_are_refused_and_damaged_extras_are_left_out()
    {
        X509Certificate2 moon = _root.Issue("moon");
        CertificateQuestion Question(params byte[][] chain) => new([.. chain.Select(c => (ReadOnlyMemory<byte>)c)], Identity.Parse("moon"), Remote);

        using CertificateJudge judge = new(new RunningConfig(new GatewayConfig([], []) { Authorities = [_root.Certificate] }), _clock);
        Assert.False((await judge.JudgeAsync(Question([1, 2, 3]))).AreTrusted);
        Assert.False((await judge.JudgeAsync(Question([1, 2, 3], moon.RawData))).AreTrusted);
        Assert.True((await judge.JudgeAsync(Question(moon.RawData, [1, 2, 3]))).AreTrusted);
    }

    [Fact]
    public async Task No_octet_of_a_certificate_can_be_changed()
    {
        byte[] moon = _root.Issue("moon").RawData;
        using CertificateJudge judge = new(new RunningConfig(new GatewayConfig([], []) { Authorities = [_root.Certificate] }), _clock);
        for (int i = 0; i < moon.Length; i += 3)
        {
            byte[] changed = [.. moon];
            changed[i] ^= 0x04;
            Assert.False((await judge.JudgeAsync(new CertificateQuestion([changed], Identity.Parse("moon"), Remote))).AreTrusted, $"octet {i}");
        }
    }

    private static AuthConfig Remote => new((IdentityPattern?)null) { Kind = AuthKind.PublicKey };

    private async Task<CertificatesJudged> Judge(
        X509Certificate2[] chain, Func<AuthConfig, AuthConfig>? remote = null, X509Certificate2[]? gateway = null, X509Certificate2[]? certificates = null)
    {
        GatewayConfig config = new([], []) { Authorities = gateway ?? [_root.Certificate], Certificates = certificates ?? [] };
        using CertificateJudge judge = new(new RunningConfig(config), _clock);
        return await judge.JudgeAsync(new CertificateQuestion([.. chain.Select(c => c.RawDataMemory)], Identity.Parse("moon"), (remote ?? (a => a))(Remote)));
    }

    private async Task Refused(
        string words, X509Certificate2[] chain, Func<AuthConfig, AuthConfig>? remote = null, X509Certificate2[]? gateway = null)
    {
        CertificatesJudged judged = await Judge(chain, remote, gateway);
        Assert.False(judged.AreTrusted);
        Assert.Contains(words, judged.Reason, StringComparison.Ordinal);
    }

    private static X509Certificate2 SelfSigned(string name)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return TestAuthority.SelfSigned(new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256));
    }

    private static X509Certificate2 Authority(string name, ECDsa key, string issuer, ECDsa issuerKey)
    {
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.Create(
            new X500DistinguishedName($"CN={issuer}"), X509SignatureGenerator.CreateForECDsa(issuerKey), TestAuthority.NotBefore, TestAuthority.NotAfter, [7]);
    }

    /// <summary>RFC 5280 §4.2.1.10: permittedSubtrees with one dNSName.</summary>
    private static X509Extension PermittedDns(string name)
    {
        AsnWriter writer = new(AsnEncodingRules.DER);
        using (writer.PushSequence())
        using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
        using (writer.PushSequence())
            writer.WriteCharacterString(UniversalTagNumber.IA5String, name, new Asn1Tag(TagClass.ContextSpecific, 2));
        return new X509Extension("2.5.29.30", writer.Encode(), critical: true);
    }
}
