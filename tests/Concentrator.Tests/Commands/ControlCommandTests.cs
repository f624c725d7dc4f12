using System.Buffers.Binary;
using System.CommandLine;
using System.Net.Sockets;
using System.Text.Json;
using Concentrator.Commands;
using Concentrator.Tests.Vici;

namespace Concentrator.Tests.Commands;

/// <summary>The commands that speak to a running gateway, against one that has a true peer: what people and scripts see.</summary>
public sealed class ControlCommandTests
{
    [Fact]
    public async Task A_tunnel_is_brought_up_seen_rekeyed_and_closed()
    {
        await using ViciStage stage = await ViciStage.OpenAsync();
        Assert.Equal((0, "up\n", ""), Run(stage, "initiate", "--child", "net", "--timeout", "10"));
        (int code, string table, _) = Run(stage, "sas");
        Assert.Equal(0, code);
        Assert.Matches(@"sun\[1\] +ESTABLISHED +127\.0\.0\.1:\d+ +sun\.example\.org", table);
        Assert.Matches(@"net\{1\} +INSTALLED +10\.1\.0\.0/24 === 10\.2\.0\.0/24", table);
        JsonElement sun = JsonDocument.Parse(Run(stage, "sas", "--json").Output).RootElement.GetProperty("sun");
        Assert.Equal("INSTALLED", sun.GetProperty("child-sas").GetProperty("net-1").GetProperty("state").GetString());
        Assert.Equal("", Run(stage, "sas", "--json", "--ike", "nobody").Output);
        Assert.Equal((0, "1 are being rekeyed\n", ""), Run(stage, "rekey", "--ike", "sun"));
        Assert.Equal((0, "1 of 1 closed\n", ""), Run(stage, "terminate", "--ike-id", "1", "--timeout", "10"));
        Assert.Equal((1, "", "error: no matching SAs to terminate found\n"), Run(stage, "terminate", "--ike", "sun"));
        Assert.Equal((1, "", "error: CHILD_SA config 'nope' not found\n"), Run(stage, "initiate", "--child", "nope"));
    }

    [Fact]
    public async Task How_the_gateway_is_and_how_much_it_logs()
    {
        await using ViciStage stage = await ViciStage.OpenAsync();
        (int code, string status, _) = Run(stage, "status");
        Assert.Equal(0, code);
        Assert.Contains("0, 0 of them half-open", status, StringComparison.Ordinal);
        JsonElement json = JsonDocument.Parse(Run(stage, "status", "--json").Output).RootElement;
        Assert.Equal("0", json.GetProperty("stats").GetProperty("ikesas").GetProperty("total").GetString());
        Assert.Equal((0, "net=1 enc=1 ike=1 chd=1 knl=2 cfg=1 clu=1 aud=1 sys=1\n", ""), Run(stage, "log", "knl=2"));
        Assert.Equal("2", JsonDocument.Parse(Run(stage, "log", "--json").Output).RootElement.GetProperty("knl").GetString());
        (int wrong, _, string why) = Run(stage, "log", "knl=loud");
        Assert.Equal(1, wrong);
        Assert.Contains("'loud' is no level", why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reload_says_what_is_wrong()
    {
        await using ViciStage stage = await ViciStage.OpenAsync();
        Assert.Equal((0, "in force\n", ""), Run(stage, "reload"));
        stage.Faults.Add("swanctl.conf:3: connections.c.nonsense: unknown key");
        Assert.Equal((1, "", "error: swanctl.conf:3: connections.c.nonsense: unknown key\n"), Run(stage, "reload"));
    }

    [Fact]
    public void Without_a_gateway_the_remedy_is_told()
    {
        foreach (string command in new[] { "status", "sas", "reload", "log" })
        {
            (int code, string output, string error) = Run(command, "--vici", "/nonexistent/vici.sock");
            Assert.Equal((2, ""), (code, output));
            Assert.StartsWith("error: no gateway listens on /nonexistent/vici.sock: start it", error, StringComparison.Ordinal);
        }
    }

    /// <summary>Whoever listens there: a packet without a single octet, and one that is longer than any.</summary>
    [Theory]
    [InlineData(0u)]
    [InlineData(uint.MaxValue)]
    public async Task What_does_not_speak_vici_is_told(uint length)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory();
        string path = Path.Combine(folder.FullName, "vici.sock");
        using Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        Task<(int Code, string Output, string Error)> asking = Task.Run(() => Run("reload", "--vici", path));
        using Socket client = await listener.AcceptAsync(TestContext.Current.CancellationToken);
        byte[] header = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(header, length);
        await client.SendAsync(header, TestContext.Current.CancellationToken);
        Assert.Equal((3, "", "error: what listens there does not speak vici\n"), await asking);
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Shells_complete_options_and_the_names_of_connections()
    {
        await using ViciStage stage = await ViciStage.OpenAsync();
        Assert.Contains("terminate", Suggest("concentrator ter").Split('\n'));
        Assert.Contains("--force", Suggest("concentrator terminate --f").Split('\n'));
        Assert.Contains("sun", Suggest($"concentrator sas --vici {stage.Path} --ike ").Split('\n'));
        foreach (string shell in new[] { "bash", "zsh", "fish" }) Assert.Contains("[suggest:", Run("completion", shell).Output, StringComparison.Ordinal);
        Assert.Equal(1, Run("completion", "cmd").Code);
    }

    [Fact]
    public async Task Bash_itself_completes()
    {
        await using ViciStage stage = await ViciStage.OpenAsync();
        string program = typeof(ControlCommand).Assembly.Location;
        string script = $"concentrator() {{ dotnet {program} \"$@\"; }}; eval \"$(concentrator completion bash)\"; COMP_LINE='concentrator ini'; COMP_POINT=16; COMP_WORDS=(concentrator ini); COMP_CWORD=1; _concentrator; echo \"${{COMPREPLY[@]}}\"";
        using System.Diagnostics.Process bash = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("bash", ["-c", script]) { RedirectStandardOutput = true })!;
        Assert.Equal("initiate\n", await bash.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken));
    }

    private static string Suggest(string line) => Run($"[suggest:{line.Length}]", line).Output;

    private static (int Code, string Output, string Error) Run(ViciStage stage, params string[] arguments) => Run([.. arguments, "--vici", stage.Path]);

    private static (int Code, string Output, string Error) Run(params string[] arguments)
    {
        using StringWriter output = new(), error = new();
        int code = CommandLine.Create().Parse(arguments).Invoke(new InvocationConfiguration { Output = output, Error = error });
        return (code, output.ToString(), error.ToString());
    }
}
