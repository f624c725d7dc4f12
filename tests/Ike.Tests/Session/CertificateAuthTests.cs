using System.Security.Cryptography.X509Certificates;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Crypto;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Session;
using Concentrator.Ike.Tests.Certificates;
using Concentrator.Ike.Tests.Crypto.Signatures;

namespace Concentrator.Ike.Tests.Session;

/// <summary>IKE_AUTH with certificates between two sessions (RFC 7296 §1.2, §2.15, §3.6 to §3.8, RFC 7427).</summary>
public sealed class CertificateAuthTests
{
    public static TheoryData<SignatureKeyKind> Kinds => [.. Enum.GetValues<SignatureKeyKind>()];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Both_ends_prove_themselves_with_any_kind_of_key(SignatureKeyKind kind)
    {
        Pair pair = new Pair(o => o.Sign(true, kind).Sign(false, SignatureKeyKind.EcdsaP256)).Establish();

        pair.AssertEstablished();
        Assert.Equal("moon.example.org", pair.Responder.Session.RemoteIdentity?.ToString());
        Assert.Equal("sun.example.org", pair.Initiator.Session.RemoteIdentity?.ToString());
    }

    [Fact]
    public void What_goes_over_the_wire()
    {
        Pair pair = new Pair(o => o.Sign(true, SignatureKeyKind.EcdsaP256).Sign(false, SignatureKeyKind.Rsa)).Establish();

        string[] sent = [.. pair.Initiator.Sent, .. pair.Responder.Sent];
        Assert.Equal(
            [
                "IKE_SA_INIT request 0 [ SA KE No N(NATD_S_IP) N(NATD_D_IP) N(FRAG_SUP) N(HASH_ALG) ]",
                "IKE_AUTH request 1 [ IDi CERT CERTREQ IDr AUTH SA TSi TSr N(INIT_CONTACT) ]",
                "IKE_SA_INIT response 0 [ SA KE No N(NATD_S_IP) N(NATD_D_IP) N(FRAG_SUP) N(HASH_ALG) N(CHDLESS_SUP) CERTREQ ]",
                "IKE_AUTH response 1 [ IDr CERT AUTH SA TSi TSr ]",
            ],
            sent);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Each_side_may_use_its_own_method(bool initiatorSigns)
    {
        Pair pair = new Pair(o => o.Sign(initiatorSigns, SignatureKeyKind.EcdsaP384)).Establish();

        pair.AssertEstablished();
        TestPeer signer = initiatorSigns ? pair.Initiator : pair.Responder;
        TestPeer other = initiatorSigns ? pair.Responder : pair.Initiator;
        Assert.Single(other.Questions);
        Assert.Empty(signer.Questions);
        Assert.Contains("pre-shared key successful", Lines(signer), StringComparison.Ordinal);
        Assert.Contains("ECDSA with SHA-384 successful", Lines(other), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_an_id_the_subject_is_who_we_are()
    {
        Pair pair = new Pair(o =>
        {
            o.Sign(true, SignatureKeyKind.EcdsaP256).Sign(false, SignatureKeyKind.EcdsaP256);
            o.Change(true, c => c with { Local = c.Local with { Id = null } });
            o.Change(false, c => c with { Remote = c.Remote with { Id = IdentityPattern.Parse("CN=*") } });
        }).Establish();

        pair.AssertEstablished();
        Assert.Equal("CN=moon.example.org", pair.Responder.Session.RemoteIdentity?.ToString());
    }

    [Fact]
    public void An_id_that_our_certificate_does_not_confirm_is_replaced_by_the_subject_and_that_is_said()
    {
        Pair pair = new Pair(o =>
        {
            o.Sign(true, SignatureKeyKind.EcdsaP256).Sign(false, SignatureKeyKind.EcdsaP256);
            o.Change(true, c => c with { Local = c.Local with { Id = IdentityPattern.Parse("venus.example.org") } });
            o.Change(false, c => c with { Remote = c.Remote with { Id = null } });
        }).Establish();

        pair.AssertEstablished();
        Assert.Equal("CN=moon.example.org", pair.Responder.Session.RemoteIdentity?.ToString());
        CertificatePair.AssertWarned(pair.Initiator, "venus.example.org", "not confirmed");
    }

    [Fact]
    public void The_identity_that_the_peer_asks_for_is_taken_when_the_certificate_has_it()
    {
        Pair pair = new Pair(o =>
        {
            X509Certificate2 both = CertificatePair.Root.Issue(SignatureKeyKind.EcdsaP256, "gateway", "other.example.org", "sun.example.org");
            o.Sign(true, SignatureKeyKind.EcdsaP256).Sign(false, SignatureKeyKind.EcdsaP256, both);
            o.Change(false, c => c with { Local = c.Local with { Id = null } });
        }).Establish();

        pair.AssertEstablished();
        Assert.Equal("sun.example.org", pair.Initiator.Session.RemoteIdentity?.ToString());
    }

    [Fact]
    public void Intermediate_certificates_follow_the_end_entity_s_and_the_root_stays_home()
    {
        TestAuthority middle = new("Middle", CertificatePair.Root);
        TestAuthority lower = new("Lower", middle);
        X509Certificate2 moon = lower.Issue(SignatureKeyKind.EcdsaP256, "moon", "moon.example.org");
        Pair pair = new Pair(o =>
        {
            o.Sign(false, SignatureKeyKind.EcdsaP256);
            o.Sign(true, SignatureKeyKind.EcdsaP256, moon, middle.Certificate, CertificatePair.Root.Certificate, lower.Certificate);
        }).Establish();

        pair.AssertEstablished();
        Assert.Equal(
            [moon.RawData, lower.Certificate.RawData, middle.Certificate.RawData],
            Assert.Single(pair.Responder.Questions).Chain.Select(c => c.ToArray()));
    }

    [Theory]
    [InlineData(SendCertificatePolicy.IfAsked, true, true)]
    [InlineData(SendCertificatePolicy.IfAsked, false, false)]
    [InlineData(SendCertificatePolicy.Always, false, true)]
    [InlineData(SendCertificatePolicy.Never, true, false)]
    public void Certificates_are_sent_as_the_configuration_says(SendCertificatePolicy policy, bool asked, bool sent)
    {
        X509Certificate2 moon = CertificatePair.Root.Issue(SignatureKeyKind.EcdsaP256, "moon", "moon.example.org");
        Pair pair = new Pair(o =>
        {
            o.Sign(true, SignatureKeyKind.EcdsaP256, moon);
            o.Change(true, c => c with { SendCertificate = policy });
            // Who is not sent a certificate has it already.
            o.Change(false, c => c with { SendCertificateRequest = asked, Remote = c.Remote with { Certificates = [moon] } });
        }).Establish();

        pair.AssertEstablished();
        Assert.Equal(sent, pair.Initiator.Sent.Last().Contains(" CERT ", StringComparison.Ordinal));
        Assert.Equal(moon.RawData, Assert.Single(pair.Responder.Questions).Chain[0].ToArray());
    }

    [Fact]
    public void Of_several_certificates_the_one_that_the_peer_asks_for_is_sent()
    {
        TestAuthority other = new("Other");
        X509Certificate2 first = other.Issue(SignatureKeyKind.EcdsaP256, "first", "moon.example.org");
        X509Certificate2 second = CertificatePair.Root.Issue(SignatureKeyKind.EcdsaP256, "second", "moon.example.org");
        Pair pair = new Pair(o =>
        {
            o.Sign(true, SignatureKeyKind.EcdsaP256);
            o.Change(
                true,
                c => c with { Local = c.Local with { Certificates = [first, second] } },
                g => g with { Authorities = [other.Certificate, CertificatePair.Root.Certificate] });
        }).Establish();

        pair.AssertEstablished();
        Assert.Equal(second.RawData, Assert.Single(pair.Responder.Questions).Chain[0].ToArray());
    }

    [Fact]
    public void The_method_of_the_peer_chooses_among_connections()
    {
        Pair pair = new Pair(o =>
        {
            o.Sign(true, SignatureKeyKind.EcdsaP256);
            o.Change(false, c => c, g =>
            {
                ConnectionConfig psk = g.Connections[0] with { Name = "psk", Remote = new AuthConfig(g.Connections[0].Remote.Id) };
                return g with { Connections = [psk, .. g.Connections] };
            });
        }).Establish();

        pair.AssertEstablished();
        Assert.Equal("conn", pair.Responder.Session.Name);
    }

    [Theory]
    [InlineData("rsa-sha512", "rsa-2048-sha256-sha512", null)]
    [InlineData("rsa-sha512", "rsa/pss", "RSA PKCS#1 with SHA-512 by a key of ")]
    [InlineData("rsa/pss", "ecdsa", "RSA-PSS with SHA-256 by a key of ")]
    public void Each_side_signs_and_accepts_what_its_configuration_says(string signs, string accepts, string? complaint)
    {
        Pair pair = new Pair(o =>
        {
            o.Sign(true, SignatureKeyKind.Rsa);
            o.Change(true, c => c with { Local = c.Local with { Signatures = SignatureConstraints.Parse(signs) } });
            o.Change(false, c => c with { Remote = c.Remote with { Signatures = SignatureConstraints.Parse(accepts) } });
        }).Establish();

        if (complaint is null) pair.AssertEstablished();
        else pair.AssertDeniedByResponder(complaint, $"is not allowed by '{accepts}'");
        if (complaint is null) Assert.Contains("with RSA PKCS#1 with SHA-512 successful", Lines(pair.Responder), StringComparison.Ordinal);
    }

    [Fact]
    public void However_many_authorities_there_are_ike_sa_init_stays_one_small_packet()
    {
        TestAuthority[] many = [.. Enumerable.Range(0, 300).Select(i => new TestAuthority($"Authority {i}"))];
        int longest = 0;
        Pair pair = new(o =>
        {
            o.Sign(true, SignatureKeyKind.EcdsaP256);
            o.Change(false, c => c, g => g with { Authorities = [.. many.Select(a => a.Certificate), .. g.Authorities] });
        })
        {
            Network = (packet, _) =>
            {
                longest = Math.Max(longest, packet.Octets.Length);
                return packet;
            },
        };
        pair.Establish();

        pair.AssertEstablished();
        Assert.InRange(longest, 400, 1280 - 28);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Certificates_of_ours_that_are_too_long_for_ike_auth_are_an_error_that_is_told(bool initiator)
    {
        X509Certificate2 huge = CertificatePair.Root.Issue(
            SignatureKeyKind.EcdsaP256, "huge", [.. Enumerable.Range(0, 3000).Select(i => $"{i}.example.org"), initiator ? "moon.example.org" : "sun.example.org"]);
        Pair pair = new Pair(o => o.Sign(true, SignatureKeyKind.EcdsaP256).Sign(false, SignatureKeyKind.EcdsaP256).Sign(initiator, SignatureKeyKind.EcdsaP256, huge)).Establish();

        TestPeer peer = initiator ? pair.Initiator : pair.Responder;
        Assert.NotEqual(IkeSaState.Established, peer.Session.State);
        Assert.Contains($"have {huge.RawData.Length} octets, more than the 24576 that IKE_AUTH carries", Lines(peer), StringComparison.Ordinal);
        pair.Initiator.AssertNothingLeft();
        Assert.Empty(pair.Responder.Kernel.Installed);
    }

    private static string Lines(TestPeer peer) => string.Join('\n', peer.Events.OfType<Remark>().Select(r => r.Text));
}
