using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Concentrator.Actors.Node;
using Concentrator.Actors.Tests.Node;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Crypto;
using Concentrator.Ike.Session;

namespace Concentrator.Actors.Tests.Certificates;

/// <summary>Two nodes on loopback that prove themselves with certificates, judged by the real judge and the real clock.</summary>
public sealed class CertificateNodesTests
{
    private readonly TestAuthority _root = new("Root");

    [Fact]
    public async Task Two_nodes_trust_each_other_by_certificate()
    {
        await using NodePair pair = await Pair(_root, _root).EstablishAsync();

        Assert.Equal("moon.example.org", Assert.Single(pair.Sun.IkeSas).RemoteIdentity);
        Assert.Contains(NodePair.SentBy(pair.MoonEvents), s => s.StartsWith("IKE_AUTH request 1 [ IDi CERT CERTREQ IDr AUTH", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_responder_refuses_a_certificate_of_a_stranger()
    {
        await using NodePair pair = await Pair(new TestAuthority("Stranger"), _root).StartAsync();

        await LogsAsync(pair.SunEvents, "issuer 'CN=Stranger' of certificate 'CN=moon.example.org' is not known");
        Assert.Equal(EndReason.AuthenticationFailed, (await pair.MoonEvents.NextAsync<IkeSaEnded>()).Reason);
        Assert.Equal("IKE_AUTH response 1 [ N(AUTH_FAILED) ]", NodePair.SentBy(pair.SunEvents)[^1]);
    }

    [Fact]
    public async Task An_initiator_refuses_a_certificate_of_a_stranger()
    {
        await using NodePair pair = await Pair(_root, new TestAuthority("Stranger")).StartAsync();

        await LogsAsync(pair.MoonEvents, "issuer 'CN=Stranger' of certificate 'CN=sun.example.org' is not known");
        Assert.Equal(EndReason.PeerNotAuthenticated, (await pair.MoonEvents.NextAsync<IkeSaEnded>()).Reason);
    }

    private static Task<IkeSaHappened> LogsAsync(EventLog events, string words) =>
        events.NextAsync<IkeSaHappened>(e => e.Event is Remark remark && remark.Text.Contains(words, StringComparison.Ordinal), words);

    /// <summary>Both trust the root; who issued their certificates is the test's to say.</summary>
    private NodePair Pair(TestAuthority moons, TestAuthority suns)
    {
        (X509Certificate2 moon, SigningKey moonKey) = Issue(moons, "moon.example.org");
        (X509Certificate2 sun, SigningKey sunKey) = Issue(suns, "sun.example.org");
        return new NodePair
        {
            MoonConnection = c => Signing(c, moon),
            SunConnection = c => Signing(c, sun),
            MoonGateway = g => g with { PrivateKeys = [moonKey], Authorities = [_root.Certificate] },
            SunGateway = g => g with { PrivateKeys = [sunKey], Authorities = [_root.Certificate] },
        };
    }

    private static ConnectionConfig Signing(ConnectionConfig connection, X509Certificate2 certificate) => connection with
    {
        Local = connection.Local with { Kind = AuthKind.PublicKey, Certificates = [certificate] },
        Remote = connection.Remote with { Kind = AuthKind.PublicKey },
    };

    private static (X509Certificate2 Certificate, SigningKey Key) Issue(TestAuthority issuer, string name)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        return (issuer.Sign(request, TestAuthority.NotBefore, TestAuthority.NotAfter), SigningKeys.Parse(key.ExportPkcs8PrivateKey(), ""));
    }
}
