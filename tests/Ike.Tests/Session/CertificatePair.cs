using System.Security.Cryptography.X509Certificates;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Crypto;
using Concentrator.Ike.Session;
using Concentrator.Ike.Tests.Certificates;
using Concentrator.Ike.Tests.Crypto.Signatures;

namespace Concentrator.Ike.Tests.Session;

/// <summary>Makes the two ends of a <see cref="Pair"/> prove themselves with certificates of one authority.</summary>
internal static class CertificatePair
{
    public static TestAuthority Root { get; } = new("Root");

    /// <summary>That side signs with a key of this kind; the other side wants it to. Its identity is its name, which the certificate confirms.</summary>
    public static PairOptions Sign(this PairOptions options, bool initiator, SignatureKeyKind kind, params X509Certificate2[] intermediates)
    {
        string name = initiator ? options.InitiatorId : options.ResponderId;
        return options.Sign(initiator, kind, Root.Issue(kind, name, name), intermediates);
    }

    public static PairOptions Sign(
        this PairOptions options, bool initiator, SignatureKeyKind kind, X509Certificate2 certificate, params X509Certificate2[] intermediates)
    {
        AuthConfig Own(AuthConfig auth) => auth with { Kind = AuthKind.PublicKey, Certificates = [certificate] };
        AuthConfig Other(AuthConfig auth) => auth with { Kind = AuthKind.PublicKey };
        options.Change(initiator, c => c with { Local = Own(c.Local) }, c => c with { Certificates = intermediates, PrivateKeys = [TestKeys.Of(kind).Key] });
        options.Change(!initiator, c => c with { Remote = Other(c.Remote) }, c => c with { Authorities = [Root.Certificate] });
        return options;
    }

    public static PairOptions Change(
        this PairOptions options,
        bool initiator,
        Func<ConnectionConfig, ConnectionConfig> connection,
        Func<GatewayConfig, GatewayConfig>? gateway = null)
    {
        Func<ConnectionConfig, ConnectionConfig> before = initiator ? options.InitiatorConnection : options.ResponderConnection;
        Func<SessionContext, SessionContext> sessionBefore = initiator ? options.InitiatorSession : options.ResponderSession;
        ConnectionConfig Changed(ConnectionConfig c) => connection(before(c));
        SessionContext Session(SessionContext c)
        {
            c = sessionBefore(c);
            return gateway is null ? c : c with { Config = gateway(c.Config) };
        }

        if (initiator) (options.InitiatorConnection, options.InitiatorSession) = (Changed, Session);
        else (options.ResponderConnection, options.ResponderSession) = (Changed, Session);
        return options;
    }

    public static void AssertEstablished(this Pair pair)
    {
        Assert.Equal(IkeSaState.Established, pair.Initiator.Session.State);
        Assert.Equal(IkeSaState.Established, pair.Responder.Session.State);
        Assert.Single(pair.Initiator.Kernel.Installed);
        Assert.Single(pair.Responder.Kernel.Installed);
    }

    /// <summary>The responder said no: a lone notify on the wire, one clear line in its log, nothing left behind.</summary>
    public static void AssertDeniedByResponder(this Pair pair, params string[] words)
    {
        Assert.Equal("IKE_AUTH response 1 [ N(AUTH_FAILED) ]", pair.Responder.Sent.Last());
        Assert.Equal(IkeSaState.Tombstone, pair.Responder.Session.State);
        Assert.Equal(EndReason.AuthenticationFailed, pair.Initiator.End);
        AssertWarned(pair.Responder, words);
        pair.Initiator.AssertNothingLeft();
        Assert.Empty(pair.Responder.Kernel.Installed);
    }

    /// <summary>RFC 7296 §2.21.2: the initiator tells it in an exchange of its own.</summary>
    public static void AssertDeniedByInitiator(this Pair pair, params string[] words)
    {
        Assert.Equal("INFORMATIONAL request 2 [ N(AUTH_FAILED) ]", pair.Initiator.Sent.Last());
        Assert.Equal(EndReason.PeerNotAuthenticated, pair.Initiator.End);
        AssertWarned(pair.Initiator, words);
        pair.Initiator.AssertNothingLeft();
        Assert.Empty(pair.Responder.Kernel.Installed);
    }

    public static void AssertWarned(TestPeer peer, params string[] words)
    {
        Remark warning = Assert.Single(peer.Events.OfType<Remark>(), r => r.Severity is Severity.Warning or Severity.Error);
        foreach (string word in words) Assert.Contains(word, warning.Text, StringComparison.Ordinal);
    }
}
