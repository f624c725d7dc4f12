using System.CommandLine;
using System.Text.Json;
using Concentrator.Commands;
using Concentrator.Kernel;
using Concentrator.Tests.Http;

namespace Concentrator.Tests.Commands;

/// <summary><c>concentrator trace</c>, against a gateway on a true socket.</summary>
public sealed class TraceCommandTests
{
    [Fact]
    public async Task What_is_known_of_a_peer_is_drawn()
    {
        await using DashboardStage stage = await DashboardStage.OpenAsync();
        stage.Gateways.MoonKernel.Refuse(XfrmStep.InboundSa, Errno.EPROTONOSUPPORT, "Requested type not found");
        stage.Gateways.Call();
        await stage.Gateways.Transcript.UntilAsync(t => t.Messages().Contains("INFORMATIONAL response 2 [ D ]"), "the Delete");
        string id = await stage.IkeSaAsync();
        await stage.UntilAsync($"/api/v1/ike-sas/{id}/ladder", ladder => ladder.ToString().Contains("INFORMATIONAL response 2", StringComparison.Ordinal), "its answer");

        (int code, string drawn, string errors) = await RunAsync("sun", "--once", "--http", stage.Http.Address);
        Assert.Equal((0, ""), (code, errors));
        foreach (string part in new[] { "sun[1]", "sun.example.org", "── IKE_SA_INIT request 0 [", "XFRM_MSG_NEWSA in", "→ EPROTONOSUPPORT \"Requested type not found\"", "INFORMATIONAL response 2 [ D ] ──" })
            Assert.Contains(part, drawn, StringComparison.Ordinal);
        Assert.Equal("", (await RunAsync("nobody", "--once", "--http", stage.Http.Address)).Output);

        (int jsonCode, string json, _) = await RunAsync("sun[1]", "--once", "--json", "--http", stage.Http.Address);
        JsonElement[] steps = [.. json.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize<JsonElement>(line))];
        Assert.Equal(0, jsonCode);
        Assert.Contains(steps, step => step.GetProperty("kind").GetString() == "kernel" && step.GetProperty("isBad").GetBoolean());
        Assert.Equal(Enumerable.Range(0, steps.Length), steps.Select(step => step.GetProperty("number").GetInt32()));
    }

    [Fact]
    public async Task Steps_are_drawn_as_they_come_until_it_is_interrupted()
    {
        await using DashboardStage stage = await DashboardStage.OpenAsync();
        using CancellationTokenSource interrupt = new();
        StringWriter written = new();
        // Locks itself for each write.
        TextWriter output = TextWriter.Synchronized(written);
        Task<int> tracing = InvokeAsync(output, new StringWriter(), interrupt.Token, "sun", "--http", stage.Http.Address);
        stage.Gateways.Call();
        for (int tries = 0; tries < 300 && !Read(output, written).Contains("INSTALLING => INSTALLED", StringComparison.Ordinal); tries++) await Task.Delay(50, TestContext.Current.CancellationToken);
        string drawn = Read(output, written);
        Assert.Contains("INSTALLING => INSTALLED", drawn, StringComparison.Ordinal);
        Assert.True(drawn.IndexOf("IKE_SA_INIT request 0", StringComparison.Ordinal) < drawn.IndexOf("IKE_AUTH response 1", StringComparison.Ordinal));
        Assert.False(tracing.IsCompleted);
        await interrupt.CancelAsync();
        Assert.Equal(0, await tracing.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Who_does_not_answer_or_wants_a_token_is_told_in_a_line()
    {
        (int code, _, string errors) = await RunAsync("sun", "--once", "--http", "http://127.0.0.1:1");
        Assert.Equal(1, code);
        Assert.StartsWith("error: no gateway answers at http://127.0.0.1:1/: ", errors, StringComparison.Ordinal);
        Assert.Equal((1, "", "error: 'localhost:9180' is no address of a web server: http://HOST:PORT\n"), await RunAsync("sun", "--http", "localhost:9180"));
        (int missing, _, string why) = await RunAsync("sun", "--once", "--http-token-file", "/nonexistent/token");
        Assert.Equal(1, missing);
        Assert.StartsWith("error: the token in /nonexistent/token: ", why, StringComparison.Ordinal);
    }

    private static string Read(TextWriter output, StringWriter written)
    {
        lock (output) return written.ToString();
    }

    private static async Task<(int Code, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        (StringWriter output, StringWriter errors) = (new(), new());
        int code = await InvokeAsync(output, errors, TestContext.Current.CancellationToken, arguments);
        return (code, output.ToString(), errors.ToString());
    }

    private static Task<int> InvokeAsync(TextWriter output, StringWriter errors, CancellationToken cancel, params string[] arguments) =>
        TraceCommand.Create().Parse(arguments).InvokeAsync(new InvocationConfiguration { Output = output, Error = errors }, cancel);
}
