using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Akka.Actor;
using Concentrator.Actors.Clustering;
using Concentrator.Actors.Node;
using Microsoft.Extensions.Logging.Abstractions;

namespace Concentrator.Actors.Tests.Clustering;

/// <summary>Who has no good certificate of the cluster's authority does not get in, and the log says why.</summary>
public sealed class MutualTlsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("concentrator-tls").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_node_of_another_authority_is_refused_on_both_sides()
    {
        await using NodeCluster cluster = await new NodeCluster().StartAsync(1);
        using ClusterAuthority foreign = ClusterAuthority.Create(_folder, DateTimeOffset.UtcNow);
        NodeOptions options = cluster.Options("stranger", NodeCluster.FreePort(), [new DnsEndPoint("127.0.0.1", cluster.Nodes[0].ClusterPort)]);
        LogLines log = new();
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(4));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ConcentratorNode.StartAsync(
            options with { Cluster = options.Cluster with { Tls = foreign.Issue("stranger", DateTimeOffset.UtcNow) } }, cluster.Gateway, log, new Concentrator.Kernel.MemoryXfrmBackend(), null, patience.Token));

        Assert.Contains(log.Lines, line => line.Contains("refused node at", StringComparison.Ordinal) && line.Contains("of another authority", StringComparison.Ordinal));
        Assert.True(cluster.Nodes[0].Sees(1));
        // It tried for seconds.
        string[] said = [.. log.Lines.Concat(cluster.Nodes[0].Log.Lines).Where(line => line.Contains("refused node at", StringComparison.Ordinal) || line.Contains("handshake", StringComparison.Ordinal))];
        Assert.True(said.Length <= 4, string.Join('\n', said));
        Assert.All(said, line => Assert.DoesNotContain("   at ", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_stranger_gets_no_answer_whatever_it_shows()
    {
        await using NodeCluster cluster = await new NodeCluster().StartAsync(1);
        ClusterNode node = cluster.Nodes[0];
        using ClusterAuthority foreign = ClusterAuthority.Create(_folder, DateTimeOffset.UtcNow);
        DateTimeOffset now = DateTimeOffset.UtcNow;

        await AssertRefusedAsync(node, cluster.Authority.Issue("late", now.AddDays(-2), now.AddDays(-1)), "refused node at", "has expired");
        await AssertRefusedAsync(node, cluster.Authority.Issue("early", now.AddDays(1), now.AddDays(2)), "refused node at", "not valid before");
        await AssertRefusedAsync(node, foreign.Issue("foreign", now), "refused node at", "of another authority");
        await AssertRefusedAsync(node, files: null, "Mutual TLS required but client did not provide a certificate");
        Assert.True(node.Sees(1));
    }

    [Fact]
    public async Task A_good_certificate_is_let_in_by_the_same_way()
    {
        await using NodeCluster cluster = await new NodeCluster().StartAsync(1);
        using SslStream stream = await ConnectAsync(cluster.Nodes[0], cluster.Authority.Issue("good", DateTimeOffset.UtcNow));
        using CancellationTokenSource quiet = new(TimeSpan.FromSeconds(1));
        // Nothing closes it.
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await stream.ReadExactlyAsync(new byte[1], quiet.Token));
    }

    [Fact]
    public async Task A_node_without_tls_is_refused_and_logged()
    {
        await using NodeCluster cluster = await new NodeCluster().StartAsync(1);
        ClusterNode node = cluster.Nodes[0];
        using ActorSystem plain = ActorSystem.Create("concentrator", "akka { loglevel = OFF, stdout-loglevel = OFF, actor.provider = remote, remote.dot-netty.tcp { hostname = 127.0.0.1, port = 0 } }");

        ActorSelection member = plain.ActorSelection($"akka.tcp://concentrator@127.0.0.1:{node.ClusterPort}/user/{MemberActor.Name}");
        try
        {
            Assert.Null((await member.Ask<ActorIdentity>(new Identify(null), TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken)).Subject);
        }
        catch (AskTimeoutException)
        {
            // Nor that.
        }

        await plain.Terminate();
        await AwaitLineAsync(node, "Rejected incoming connection from", "TLS handshake failure");
    }

    [Fact]
    public async Task A_key_that_others_may_read_or_a_certificate_of_another_name_is_refused_at_the_start()
    {
        using ClusterAuthority authority = ClusterAuthority.Create(_folder, DateTimeOffset.UtcNow);
        ClusterTlsFiles files = authority.Issue("n1", DateTimeOffset.UtcNow);
        ClusterNodeOptions options = new() { Name = "n2", Tls = files };

        Assert.Contains("issued to n1", Refusal(options), StringComparison.Ordinal);
        Assert.Contains("of another authority", Refusal(options with { Name = "n1", Tls = files with { Authority = files.Certificate } }), StringComparison.Ordinal);
        Assert.Contains("no-such", Refusal(options with { Name = "n1", Tls = files with { Key = Path.Combine(_folder, "no-such.key") } }), StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(_folder, "empty.pem"), "");
        Assert.Contains("holds no certificate", Refusal(options with { Name = "n1", Tls = files with { Authority = Path.Combine(_folder, "empty.pem") } }), StringComparison.Ordinal);
        File.SetUnixFileMode(files.Key, UnixFileMode.UserRead | UnixFileMode.GroupRead);
        Assert.Contains("chmod 600", Refusal(options with { Name = "n1" }), StringComparison.Ordinal);
        await Task.CompletedTask;
    }

    private static string Refusal(ClusterNodeOptions options) =>
        Assert.Throws<NodeStartException>(() => ClusterTls.Load(options, TimeProvider.System, NullLogger.Instance).Dispose()).Message;

    private static async Task AssertRefusedAsync(ClusterNode node, ClusterTlsFiles? files, params string[] line)
    {
        // TLS 1.3: the client has finished before the server judges, so the refusal is met at the first read.
        await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            try
            {
                using SslStream stream = await ConnectAsync(node, files);
                using CancellationTokenSource patience = new(TimeSpan.FromSeconds(5));
                await stream.ReadExactlyAsync(new byte[1], patience.Token);
            }
            catch (AuthenticationException refused)
            {
                throw new IOException(refused.Message, refused);
            }
        });
        await AwaitLineAsync(node, line);
    }

    private static async Task<SslStream> ConnectAsync(ClusterNode node, ClusterTlsFiles? files)
    {
        TcpClient client = new();
        await client.ConnectAsync(IPAddress.Loopback, node.ClusterPort, TestContext.Current.CancellationToken);
        SslStream stream = new(client.GetStream(), leaveInnerStreamOpen: false);
        X509Certificate2Collection own = files is null ? [] : [X509Certificate2.CreateFromPemFile(files.Certificate, files.Key)];
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = "node",
            ClientCertificates = own,
            RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.Issuer.StartsWith("CN=Concentrator cluster", StringComparison.Ordinal) is true,
        });
        return stream;
    }

    private static Task AwaitLineAsync(ClusterNode node, params string[] parts) => Wait.UntilAsync(
        () => node.Log.Lines.Any(line => parts.All(part => line.Contains(part, StringComparison.Ordinal))),
        () => $"no line with {string.Join(" and ", parts)}:\n{string.Join('\n', node.Log.Lines)}");
}
