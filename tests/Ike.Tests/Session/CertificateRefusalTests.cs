using System.Security.Cryptography.X509Certificates;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Crypto;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Session;
using Concentrator.Ike.Tests.Crypto.Signatures;
using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Tests.Session;

/// <summary>Proofs that prove nothing: AUTHENTICATION_FAILED alone on the wire, and one clear line in the log.</summary>
public sealed class CertificateRefusalTests
{
    private const string Name = "moon.example.org";
    private static readonly TestKeys Keys = TestKeys.Of(SignatureKeyKind.EcdsaP256);
    private static readonly X509Certificate2 Moon = CertificatePair.Root.Issue(SignatureKeyKind.EcdsaP256, "moon", Name);

    [Fact]
    public void Untrusted_certificates_are_refused_by_the_responder()
    {
        var pair = new Pair(o => o.Sign(true, SignatureKeyKind.EcdsaP256).Sign(false, SignatureKeyKind.EcdsaP256));
        pair.Responder.Judge = _ => new CertificatesJudged(false, "certificate 'CN=moon' expired on 2020-01-01");

        pair.Establish();

        pair.AssertDeniedByResponder(Name, "CN=moon", "expired");
    }

    [Fact]
    public void Untrusted_certificates_are_refused_by_the_initiator()
    {
        var pair = new Pair(o => o.Sign(true, SignatureKeyKind.EcdsaP256).Sign(false, SignatureKeyKind.EcdsaP256));
        pair.Initiator.Judge = _ => new CertificatesJudged(false, "certificate 'CN=sun' is revoked");

        pair.Establish();

        pair.AssertDeniedByInitiator("sun.example.org", "revoked");
    }

    [Fact]
    public void While_its_certificates_are_judged_a_repeated_request_is_dropped()
    {
        // I → R  IKE_AUTH, twice; the judge takes its time; R → I  one response.
        var pair = new Pair(o => o.Sign(true, SignatureKeyKind.EcdsaP256).Sign(false, SignatureKeyKind.EcdsaP256));
        pair.Responder.Judge = _ => null;
        pair.Establish();
        pair.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(IkeSaState.InitAnswered, pair.Responder.Session.State);
        Assert.Contains(DropReason.InProgress, pair.Responder.Drops);
        Assert.Single(pair.Responder.Questions);

        pair.Tell(pair.Responder, new CertificatesJudged(true, ""));
        pair.AssertEstablished();
        pair.Tell(pair.Responder, new CertificatesJudged(false, "too late"));
        pair.AssertEstablished();
    }

    [Fact]
    public void The_initiator_keeps_the_response_until_the_judge_has_spoken()
    {
        var pair = new Pair(o => o.Sign(false, SignatureKeyKind.EcdsaP256));
        pair.Initiator.Judge = _ => null;
        pair.Establish("net", "second");

        Assert.Equal(IkeSaState.AuthRequested, pair.Initiator.Session.State);
        Assert.Empty(pair.Initiator.Kernel.Installed);

        pair.Tell(pair.Initiator, new CertificatesJudged(true, ""));
        Assert.Equal(IkeSaState.Established, pair.Initiator.Session.State);
        Assert.Equal(2, pair.Initiator.Kernel.Installed.Count);
    }

    [Fact]
    public void Another_connection_with_other_authorities_may_trust_the_same_peer()
    {
        Pair Trying(bool trusted)
        {
            var pair = new Pair(o => o.Sign(true, SignatureKeyKind.EcdsaP256).Change(false, c => c, g => g with
            {
                Connections =
                [
                    .. g.Connections,
                    g.Connections[0] with { Name = "same" },
                    g.Connections[0] with { Name = "other", Remote = g.Connections[0].Remote with { Authorities = [Moon] } },
                ],
            }));
            pair.Responder.Judge = q => new CertificatesJudged(trusted && q.Remote.Authorities.Count > 0, "whatever");
            return pair.Establish();
        }

        Pair found = Trying(true);
        found.AssertEstablished();
        Assert.Equal("other", found.Responder.Session.Name);
        Assert.Equal(2, found.Responder.Questions.Count);

        Pair refused = Trying(false);
        Assert.Equal(2, refused.Responder.Questions.Count);
        Assert.Equal("IKE_AUTH response 1 [ N(AUTH_FAILED) ]", refused.Responder.Sent.Last());
    }

    [Theory]
    [InlineData(1000, 1100)]
    [InlineData(40, 1100 * 25)]
    [InlineData(65535, 16)]
    public void A_mebibyte_of_certificates_in_fragments(int total, int octets)
    {
        TestPeer responder = new Pair(o => o.Sign(true, SignatureKeyKind.EcdsaP256)).Responder;
        using HandmadeInitiator hand = new(responder, new NotifyPayload(NotifyType.Ikev2FragmentationSupported));
        IkeMessage? response = hand.SendAuthInFragments(total, new byte[octets]);
        Assert.Equal("IKE_AUTH response 1 [ N(AUTH_FAILED) ]", response?.Summary);
        Assert.Equal(IkeSaState.Tombstone, responder.Session.State);
        CertificatePair.AssertWarned(responder, "IKE_AUTH message of more than 64 fragments or 65536 octets refused");
    }

    [Fact]
    public void A_judge_who_never_answers_ends_the_wait_of_both_sides()
    {
        var waiting = new Pair(o => o.Sign(false, SignatureKeyKind.EcdsaP256));
        waiting.Initiator.Judge = _ => null;
        waiting.Establish();
        waiting.Advance(TimeSpan.FromSeconds(31));
        waiting.AssertDeniedByInitiator("in time");

        var answering = new Pair(o => o.Sign(true, SignatureKeyKind.EcdsaP256));
        answering.Responder.Judge = _ => null;
        answering.Establish();
        answering.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(EndReason.HalfOpenTimeout, answering.Responder.End);
        answering.Tell(answering.Responder, new CertificatesJudged(true, ""));
        Assert.Equal(IkeSaState.Destroyed, answering.Responder.Session.State);
    }

    [Fact]
    public void An_ike_sa_that_is_closed_meanwhile_stays_closed()
    {
        var pair = new Pair(o => o.Sign(false, SignatureKeyKind.EcdsaP256));
        pair.Initiator.Judge = _ => null;
        pair.Establish();
        pair.Tell(pair.Initiator, new Close(EndReason.DeletedByUs));
        pair.Tell(pair.Initiator, new CertificatesJudged(true, ""));

        Assert.Equal(IkeSaState.Destroyed, pair.Initiator.Session.State);
        pair.Initiator.AssertNothingLeft();
    }

    [Fact]
    public void Without_a_private_key_nobody_is_proven()
    {
        Pair initiator = new Pair(o => o.Sign(true, SignatureKeyKind.EcdsaP256).Change(true, c => c, g => g with { PrivateKeys = [] })).Establish();
        Assert.Equal(EndReason.NoCertificate, initiator.Initiator.End);
        CertificatePair.AssertWarned(initiator.Initiator, "no certificate with a private key");
        initiator.Initiator.AssertNothingLeft();

        Pair responder = new Pair(o => o.Sign(false, SignatureKeyKind.EcdsaP256).Change(false, c => c, g => g with { PrivateKeys = [] })).Establish();
        responder.AssertDeniedByResponder("no certificate with a private key");
    }

    [Fact]
    public void An_id_that_the_certificate_does_not_confirm()
    {
        X509Certificate2 venus = CertificatePair.Root.Issue(SignatureKeyKind.EcdsaP256, "venus", "venus.example.org");

        Refuse("'moon.example.org' is not confirmed by its certificate 'CN=venus'", [Cert(venus.RawData)]);
    }

    [Fact]
    public void An_id_that_the_configuration_does_not_expect() =>
        Refuse("no connection found for 'venus.example.org'", [Cert(Moon.RawData)], name: "venus.example.org");

    [Fact]
    public void A_certificate_of_somebody_else_with_a_signature_of_one_s_own()
    {
        X509Certificate2 others = CertificatePair.Root.Issue(SignatureKeyKind.EcdsaP384, "moon", Name);

        Refuse("signature of 'moon.example.org' by 'CN=moon' refused", [Cert(others.RawData)]);
    }

    [Fact]
    public void The_first_certificate_is_the_one_that_counts()
    {
        X509Certificate2 others = CertificatePair.Root.Issue(SignatureKeyKind.EcdsaP384, "moon", Name);

        Refuse("refused", [Cert(others.RawData), Cert(Moon.RawData)]);
    }

    [Fact]
    public void No_certificate_at_all() => Refuse("sent no certificate", []);

    [Fact]
    public void Octets_that_are_no_certificate()
    {
        Refuse("damaged", [Cert([])]);
        Refuse("damaged", [Cert(Moon.RawData[..^1])]);
        Refuse("damaged", [Cert([0x30, 0x84, 0xff, 0xff, 0xff, 0xff])]);
        Refuse("damaged", [Cert("-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n"u8.ToArray())]);
    }

    [Fact]
    public void Encodings_that_would_have_us_fetch_something() =>
        Refuse("encoding 12", [new CertPayload(PayloadType.Certificate, 12, new byte[40])]);

    [Fact]
    public void Eleven_certificates() => Refuse("11 certificates", [.. Enumerable.Repeat(Cert(Moon.RawData), 11)]);

    [Fact]
    public void A_shared_key_where_a_signature_is_wanted() =>
        Refuse("is pre-shared key", [Cert(Moon.RawData)], auth: _ => new AuthPayload(AuthMethod.SharedKeyMic, new byte[32]));

    [Fact]
    public void Null_authentication() =>
        Refuse("method 13", [Cert(Moon.RawData)], auth: _ => new AuthPayload(AuthMethod.NullAuthentication, new byte[32]));

    [Fact]
    public void A_signature_over_other_octets() =>
        Refuse("the signature is wrong", [Cert(Moon.RawData)], auth: octets => Signature(octets.AsSpan(1)));

    [Fact]
    public void A_certificate_that_is_not_the_one_configured()
    {
        X509Certificate2 pinned = CertificatePair.Root.Issue(SignatureKeyKind.EcdsaP384, "moon", Name);
        Pair pair = Accepting(c => c with { Certificates = [pinned] });

        // Which certificates are pinned is the judge's to know: the question carries the configuration.
        using HandmadeInitiator initiator = new(pair.Responder);
        IdPayload id = Id(Name);
        initiator.SendAuth(id, Cert(Moon.RawData), Signature(initiator.OctetsToSign(id)));

        Assert.Equal([pinned], Assert.Single(pair.Responder.Questions).Remote.Certificates);
    }

    [Theory]
    [InlineData(HashId.Sha384, AuthMethod.DigitalSignature)]
    [InlineData(HashId.Sha1, AuthMethod.EcdsaP384)]
    [InlineData(null, AuthMethod.EcdsaP384)]
    public void With_everything_in_order_the_same_hand_is_let_in_and_the_method_follows_the_hashes_of_the_peer(HashId? announced, AuthMethod expected)
    {
        Payload[] extras = announced is { } hash ? [new NotifyPayload(NotifyType.SignatureHashAlgorithms, SignatureHashes.Write([hash]))] : [];
        Pair pair = Accepting(c => c);
        using HandmadeInitiator initiator = new(pair.Responder, extras);
        IdPayload id = Id(Name);

        IkeMessage response = initiator.SendAuth(id, Cert(Moon.RawData), Signature(initiator.OctetsToSign(id)))!;

        Assert.Equal(IkeSaState.Established, pair.Responder.Session.State);
        Assert.Equal(expected, response.Find<AuthPayload>()!.Method);
    }

    private static void Refuse(string words, Payload[] certificates, string name = Name, Func<byte[], AuthPayload>? auth = null)
    {
        Pair pair = Accepting(c => c);
        using HandmadeInitiator initiator = new(pair.Responder);
        IdPayload id = Id(name);
        AuthPayload proof = (auth ?? (octets => Signature(octets)))(initiator.OctetsToSign(id));

        IkeMessage? response = initiator.SendAuth([id, .. certificates, proof]);

        Assert.Equal("IKE_AUTH response 1 [ N(AUTH_FAILED) ]", response?.Summary);
        Assert.Equal(IkeSaState.Tombstone, pair.Responder.Session.State);
        Assert.Empty(pair.Responder.Questions);
        CertificatePair.AssertWarned(pair.Responder, words);
    }

    /// <summary>A pair whose responder wants the initiator to sign, and signs itself with P-384.</summary>
    private static Pair Accepting(Func<AuthConfig, AuthConfig> remote) => new(o =>
    {
        o.Sign(true, SignatureKeyKind.EcdsaP256, Moon).Sign(false, SignatureKeyKind.EcdsaP384);
        o.Change(false, c => c with { Remote = remote(c.Remote) });
    });

    private static IdPayload Id(string name) => IdPayload.Create(PayloadType.IdentificationInitiator, Identity.Parse(name));

    private static CertPayload Cert(byte[] octets) => new(PayloadType.Certificate, (byte)CertificateEncoding.X509Signature, octets);

    private static AuthPayload Signature(ReadOnlySpan<byte> octets)
    {
        SignedAuth signed = SignatureAuthentication.Sign(Keys.Key, SignatureHashes.Ours, octets)!;
        return new AuthPayload(signed.Method, signed.Data);
    }
}
