using System.Diagnostics;

namespace Concentrator.Tests.Commands;

/// <summary>The small authority, and the settings of a node of a cluster, held against openssl and as a person meets them.</summary>
public sealed class ClusterCommandTests : IDisposable
{
    private static readonly string Program = typeof(Concentrator.Configuration.ConfigurationFile).Assembly.Location;

    private readonly string _folder = Directory.CreateTempSubdirectory("concentrator-cluster").FullName;

    private string File(string name) => Path.Combine(_folder, name);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void What_it_issues_is_good_for_openssl_on_both_ends_and_names_the_node()
    {
        Assert.Equal(0, Ours("cluster", "init-ca", File("ca")).Code);
        Assert.Equal(0, Ours("cluster", "issue", "gw-1.example", "--ca", File("ca")).Code);

        foreach (string purpose in new[] { "sslserver", "sslclient" })
        {
            (int code, string output) = Run("openssl", "verify", "-x509_strict", "-purpose", purpose, "-CAfile", File("ca/ca.pem"), "-verify_hostname", "gw-1.example", File("ca/gw-1.example.pem"));
            Assert.True(code == 0, output);
        }

        string text = Run("openssl", "x509", "-in", File("ca/gw-1.example.pem"), "-noout", "-text").Output;
        Assert.Contains("ASN1 OID: prime256v1", text, StringComparison.Ordinal);
        Assert.Contains("CN = gw-1.example", text, StringComparison.Ordinal);
        Assert.Contains("DNS:gw-1.example", text, StringComparison.Ordinal);
        Assert.Contains("CA:FALSE", text, StringComparison.Ordinal);
        Assert.Equal(0, Run("openssl", "pkey", "-in", File("ca/gw-1.example.key"), "-check", "-noout").Code);
        // No node may make further nodes.
        Assert.Contains("pathlen:0", Run("openssl", "x509", "-in", File("ca/ca.pem"), "-noout", "-text").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Keys_are_their_owners_alone_and_nothing_is_overwritten()
    {
        Ours("cluster", "init-ca", File("ca"));
        Ours("cluster", "issue", "n1", "--ca", File("ca"));
        Ours("cluster", "init-key", File("store.key"));

        foreach (string key in new[] { "ca/ca.key", "ca/n1.key", "store.key" })
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(File(key)));
        }

        Assert.Equal(64, System.IO.File.ReadAllText(File("store.key")).Length);
        string before = string.Concat(Directory.GetFiles(_folder, "*", SearchOption.AllDirectories).Order().Select(System.IO.File.ReadAllText));
        foreach (string[] again in new string[][] { ["init-ca", File("ca")], ["issue", "n1", "--ca", File("ca")], ["init-key", File("store.key")] })
        {
            (int code, string output) = Ours(["cluster", .. again]);
            Assert.Equal(1, code);
            Assert.Contains("exist", output, StringComparison.Ordinal);
        }

        Assert.Equal(before, string.Concat(Directory.GetFiles(_folder, "*", SearchOption.AllDirectories).Order().Select(System.IO.File.ReadAllText)));
    }

    [Theory]
    [InlineData("../evil")]
    [InlineData("a,O=b")]
    [InlineData("ca")]
    public void A_name_that_is_none_is_refused(string name)
    {
        Ours("cluster", "init-ca", File("ca"));
        Assert.Equal(1, Ours("cluster", "issue", name, "--ca", File("ca")).Code);
        Assert.Equal(2, Directory.GetFiles(File("ca")).Length);
    }

    [Theory]
    [InlineData("mutual TLS", "--seed", "192.0.2.1:4700", "--cluster-address", "192.0.2.2:4700")]
    [InlineData("mutual TLS", "--cluster-dns", "nodes.example:4700", "--cluster-address", "127.0.0.1:4700")]
    [InlineData("mutual TLS", "--cluster-address", "192.0.2.2:4700")]
    [InlineData("one address of this host", "--cluster-address", "0.0.0.0:4700")]
    [InlineData("one address of this host", "--cluster-address", "[::]:4700")]
    [InlineData("link-local", "--cluster-address", "[fe80::1%lo]:4700")]
    [InlineData("'192.0.2.1' is not HOST:PORT", "--seed", "192.0.2.1")]
    [InlineData("'2001:db8::1:4700' is not HOST:PORT", "--seed", "2001:db8::1:4700")]
    [InlineData("all three of", "--cluster-cert", "x.pem")]
    [InlineData("node name 'a b'", "--node-name", "a b")]
    public void A_cluster_that_would_be_open_or_cannot_work_is_refused_with_the_remedy(string reason, params string[] flags)
    {
        System.IO.File.WriteAllText(File("swanctl.conf"), "");
        (int code, string output) = Ours(["serve", "--config", File("swanctl.conf"), "--kernel", "memory", .. flags]);
        Assert.Equal(1, code);
        Assert.Contains(reason, output, StringComparison.Ordinal);
    }

    private static (int Code, string Output) Ours(params string[] arguments) => Run("dotnet", [Program, .. arguments]);

    private static (int Code, string Output) Run(string file, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd() + errors.Result;
        Assert.True(process.WaitForExit(TimeSpan.FromSeconds(20)), $"{file} did not end");
        return (process.ExitCode, output);
    }
}
