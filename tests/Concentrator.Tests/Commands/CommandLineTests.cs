using System.Diagnostics;
using Concentrator.Tests.Configuration;

namespace Concentrator.Tests.Commands;

/// <summary>The program as a person runs it: exit codes, and one clear message for each way to go wrong.</summary>
public sealed class CommandLineTests
{
    private static readonly string Program = typeof(Concentrator.Configuration.ConfigurationFile).Assembly.Location;

    [Fact]
    public void Help_and_version_are_there()
    {
        (int code, string output) = Run("--help");
        Assert.Equal(0, code);
        foreach (string command in new[] { "serve", "check", "cluster", "trace", "demo" }) Assert.Contains(command, output, StringComparison.Ordinal);
        Assert.Equal((0, "0.1.0\n"), Run("--version"));
    }

    [Fact]
    public void The_demo_has_two_acts_and_what_it_starts_itself_is_not_for_people()
    {
        (int code, string output) = Run("demo", "--act", "3");
        Assert.Equal(1, code);
        Assert.Contains("'3'", output, StringComparison.Ordinal);
        Assert.DoesNotContain("--cluster-address", Run("demo", "--help").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Check_says_what_it_understood_and_what_is_wrong()
    {
        using ConfigFolder folder = new ConfigFolder().Write(ConfigFolder.Connection());
        (int good, string understood) = Run("check", "--config", folder.Main);
        Assert.Equal(0, good);
        Assert.Contains("connection c", understood, StringComparison.Ordinal);
        folder.Write(ConfigFolder.Connection("lokal_addrs = 192.0.2.1"));
        (int bad, string errors) = Run("check", "--config", folder.Main);
        Assert.Equal(1, bad);
        Assert.Contains("did you mean 'local_addrs'?", errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_daemon_does_not_start_on_a_wrong_or_missing_configuration()
    {
        using ConfigFolder folder = new();
        (int missing, string reason) = Run("serve", "--config", folder.Main, "--kernel", "memory");
        Assert.Equal(1, missing);
        Assert.Equal($"error: {folder.Main}: cannot be read: no such file\n", reason);
        folder.Write(ConfigFolder.Connection("nonsense = 1"));
        (int wrong, string errors) = Run("serve", "--config", folder.Main, "--kernel", "memory");
        Assert.Equal(1, wrong);
        Assert.Contains("swanctl.conf:3: connections.c.nonsense: unknown key", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http: 0.0.0.0:9180 can be reached from other hosts: that takes TLS", "--http", "0.0.0.0:9180")]
    [InlineData("http: a certificate takes its key", "--http-cert", "cert.pem")]
    [InlineData("http: 'nowhere' is no address with a port", "--http", "nowhere")]
    [InlineData("the token of the web server in /nonexistent/token", "--http-token-file", "/nonexistent/token")]
    [InlineData("Ladders: -1 is less than 0", "--ladders", "-1")]
    public void A_daemon_does_not_start_where_its_web_server_would_be_open_or_cannot_be(string reason, params string[] arguments)
    {
        using ConfigFolder folder = new ConfigFolder().Write(ConfigFolder.Connection());
        (int code, string output) = Run(["serve", "--config", folder.Main, "--kernel", "memory", "--port", "0", "--nat-port", "0", "--vici", "none", .. arguments]);
        Assert.Equal(1, code);
        Assert.Contains($"error: {reason}", Assert.Single(output.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_the_right_to_use_netlink_the_remedy_is_told()
    {
        using ConfigFolder folder = new ConfigFolder().Write(ConfigFolder.Connection());
        (int code, string output) = Start(
            "setpriv", ["--bounding-set=-net_admin", "--inh-caps=-net_admin", "dotnet", Program, "serve", "--config", folder.Main, "--kernel", "netlink", "--port", "0", "--nat-port", "0"]);
        Assert.Equal(1, code);
        string line = Assert.Single(output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("CAP_NET_ADMIN", line, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_the_right_auto_takes_memory_and_says_why()
    {
        using ConfigFolder folder = new ConfigFolder().Write(ConfigFolder.Connection());
        using Process process = Begin(
            "setpriv", ["--bounding-set=-net_admin", "--inh-caps=-net_admin", "dotnet", Program, "serve", "--config", folder.Main, "--listen", "127.0.0.1", "--port", "0", "--nat-port", "0"]);
        List<string> lines = [];
        while (process.StandardOutput.ReadLine() is { } line)
        {
            lines.Add(line);
            if (!line.Contains("ready: listening", StringComparison.Ordinal)) continue;
            Stop(process, "TERM");
            break;
        }

        Assert.True(process.WaitForExit(TimeSpan.FromSeconds(6)), "it did not end within 5 s of SIGTERM");
        Assert.Equal(0, process.ExitCode);
        Assert.Contains(lines, l => l.Contains("kernel memory", StringComparison.Ordinal) && l.Contains("CAP_NET_ADMIN", StringComparison.Ordinal));
    }

    [Fact]
    public void Wrong_words_are_refused()
    {
        Assert.Equal(1, Run("serve", "--kernel", "windows").Code);
        Assert.Equal(1, Run("sevre").Code);
    }

    private static (int Code, string Output) Run(params string[] arguments) => Start("dotnet", [Program, .. arguments]);

    private static (int Code, string Output) Start(string program, string[] arguments)
    {
        using Process process = Begin(program, arguments);
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = process.StandardOutput.ReadToEnd();
        Assert.True(process.WaitForExit(TimeSpan.FromSeconds(30)), "it did not end");
        return (process.ExitCode, output + errors.GetAwaiter().GetResult());
    }

    private static Process Begin(string program, string[] arguments) =>
        Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;

    private static void Stop(Process process, string signal)
    {
        using Process kill = Process.Start("kill", ["-s", signal, process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }
}
