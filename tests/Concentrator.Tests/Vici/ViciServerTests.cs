using Concentrator.Actors.ChildSa;
using Concentrator.Actors.Node;
using Concentrator.Ike.Session;
using Concentrator.Vici;

namespace Concentrator.Tests.Vici;

/// <summary>Clients at the control socket of a gateway that has a true peer: what they may ask, what they are told, and that none of them does harm.</summary>
public sealed class ViciServerTests
{
    [Fact]
    public async Task An_operator_brings_up_lists_rekeys_and_closes()
    {
        await using ViciStage stage = await ViciStage.OpenAsync();
        using ViciClient client = new(stage.Path);
        await client.RegisterAsync("list-sa");

        ViciSection answer = await client.AskAsync("initiate", ViciStage.Message(("child", "net"), ("timeout", "5000")));
        Assert.Equal("yes", answer.Text("success"));
        Assert.Equal(ChildSaState.Installed, Assert.Single(Assert.Single(stage.Gateways.Moon.IkeSas).Children).State);

        client.Send(ViciPacket.CommandRequest, "list-sas");
        ViciSection sun = (await client.EventAsync("list-sa")).Sections["sun"];
        Assert.Equal(("ESTABLISHED", "yes", "moon.example.org"), (sun.Text("state"), sun.Text("initiator"), sun.Text("local-id")));
        ViciSection net = sun.Sections["child-sas"].Sections["net-1"];
        Assert.Equal(("INSTALLED", "10.1.0.0/24"), (net.Text("state"), System.Text.Encoding.UTF8.GetString(net.Lists["local-ts"][0])));
        Assert.Equal(stage.Gateways.MoonKernel.DumpSas().Select(sa => sa.Id.Spi.ToString("x8")).Order(), new[] { net.Text("spi-in"), net.Text("spi-out") }.Order());
        Assert.Equal(ViciPacket.CommandResponse, (await client.ReadAsync()).Type);

        await client.RegisterAsync("child-rekey");
        Assert.Equal("1", (await client.AskAsync("rekey", ViciStage.Message(("child", "net")))).Text("matches"));
        ViciSection rekeyed = (await client.EventAsync("child-rekey")).Sections["sun"].Sections["child-sas"].Sections["net"];
        Assert.Equal(net.Text("spi-in"), rekeyed.Sections["old"].Text("spi-in"));
        Assert.NotEqual(net.Text("spi-in"), rekeyed.Sections["new"].Text("spi-in"));

        answer = await client.AskAsync("terminate", ViciStage.Message(("ike", "sun"), ("timeout", "5000")));
        Assert.Equal(("yes", "1", "1"), (answer.Text("success"), answer.Text("matches"), answer.Text("terminated")));
        Assert.Empty(stage.Gateways.Moon.IkeSas);
        Assert.Empty(stage.Gateways.MoonKernel.DumpSas());
    }

    [Theory]
    [InlineData("initiate", "child", "nope", "CHILD_SA config 'nope' not found")]
    [InlineData("initiate", "ike", "nope", "IKE_SA config 'nope' not found")]
    [InlineData("initiate", "other", "x", "missing configuration name")]
    [InlineData("terminate", "ike", "nope", "no matching SAs to terminate found")]
    [InlineData("terminate", "ike-id", "one", "invalid value for ike-id: 'one'")]
    [InlineData("rekey", "reauth", "yes", "reauthentication is not supported: rekeying authenticates nobody anew")]
    public async Task What_cannot_be_done_says_why(string command, string key, string value, string why)
    {
        await using ViciStage stage = await ViciStage.OpenAsync();
        using ViciClient client = new(stage.Path);
        ViciSection answer = await client.AskAsync(command, ViciStage.Message((key, value)));
        Assert.Equal(("no", why), (answer.Text("success"), answer.Text("errmsg")));
    }

    [Fact]
    public async Task Events_tell_of_what_comes_and_goes()
    {
        await using ViciStage stage = await ViciStage.OpenAsync();
        using ViciClient client = new(stage.Path);
        foreach (string name in new[] { "ike-updown", "child-updown" }) await client.RegisterAsync(name);
        stage.Gateways.Call();
        Assert.Equal("ESTABLISHED", (await client.EventAsync("ike-updown")).Sections["sun"].Text("state"));
        Assert.Equal("INSTALLED", (await client.EventAsync("child-updown")).Sections["sun"].Sections["child-sas"].Sections["net-1"].Text("state"));
        stage.Gateways.Moon.Close(stage.Gateways.Moon.IkeSas[0].Session);
        Assert.Null((await client.EventAsync("ike-updown")).Text("up"));
    }

    [Fact]
    public async Task Log_levels_are_told_and_changed()
    {
        await using ViciStage stage = await ViciStage.OpenAsync();
        using ViciClient client = new(stage.Path);
        Assert.Equal("1", (await client.AskAsync("log-levels", [])).Sections["levels"].Text("knl"));
        ViciSection changed = await client.AskAsync("log-levels", ViciStage.Message(("levels", "knl=2")));
        Assert.Equal(("yes", "2", "1"), (changed.Text("success"), changed.Sections["levels"].Text("knl"), changed.Sections["levels"].Text("ike")));
        Assert.Equal(2, stage.Levels.Current["knl"]);
        ViciSection wrong = await client.AskAsync("log-levels", ViciStage.Message(("levels", "knl=loud")));
        Assert.Equal(("no", "'loud' is no level: -1 (silent) to 4, or warning, info, debug, trace"), (wrong.Text("success"), wrong.Text("errmsg")));
    }

    [Fact]
    public async Task Unknown_commands_and_events_are_told_so()
    {
        await using ViciStage stage = await ViciStage.OpenAsync();
        using ViciClient client = new(stage.Path);
        client.Send(ViciPacket.CommandRequest, "make-coffee");
        Assert.Equal(ViciPacket.CommandUnknown, (await client.ReadAsync()).Type);
        client.Send(ViciPacket.EventRegister, "coffee-is-ready");
        Assert.Equal(ViciPacket.EventUnknown, (await client.ReadAsync()).Type);
        client.Send(ViciPacket.EventUnregister, "list-sa");
        Assert.Equal(ViciPacket.EventUnknown, (await client.ReadAsync()).Type);
        Assert.NotNull((await client.AskAsync("version")).Text("version"));
    }

    [Theory]
    [InlineData(new byte[] { 0, 0, 0, 0 })]
    [InlineData(new byte[] { 0xff, 0xff, 0xff, 0xff, 1 })]
    [InlineData(new byte[] { 0, 0, 0, 2, 9, 0 })]
    [InlineData(new byte[] { 0, 0, 0, 3, 0, 200, 65 })]
    [InlineData(new byte[] { 0, 0, 0, 5, 0, 1, 65, 3, 9 })]
    [InlineData(new byte[] { 0, 0, 0, 1, 7 })]
    public async Task Who_breaks_the_protocol_is_cut_off_and_the_next_is_served(byte[] garbage)
    {
        await using ViciStage stage = await ViciStage.OpenAsync();
        using ViciClient rude = new(stage.Path);
        rude.SendRaw(garbage);
        Assert.True(await rude.IsClosedAsync());
        using ViciClient polite = new(stage.Path);
        Assert.Equal("concentrator", (await polite.AskAsync("version")).Text("daemon"));
    }

    [Fact]
    public async Task Who_does_not_read_is_cut_off_and_nobody_waits()
    {
        await using ViciStage stage = await ViciStage.OpenAsync();
        using ViciClient asleep = new(stage.Path);
        using ViciClient awake = new(stage.Path);
        await asleep.RegisterAsync("log");
        string line = new('x', 1000);
        // More than any queue on the way takes.
        for (int i = 0; i < 4000; i++) stage.Events.OnLogLine("IKE", 1, line);
        Assert.True(await asleep.IsClosedAsync());
        Assert.Equal("yes", (await awake.AskAsync("initiate", ViciStage.Message(("child", "net"), ("timeout", "5000")))).Text("success"));
    }

    [Fact]
    public async Task A_client_that_leaves_in_the_middle_of_a_command_is_forgotten()
    {
        await using ViciStage stage = await ViciStage.OpenAsync();
        await stage.Gateways.Sun!.StopAsync();
        using (ViciClient client = new(stage.Path)) client.Send(ViciPacket.CommandRequest, "initiate", ViciStage.Message(("child", "net")));
        using ViciClient next = new(stage.Path);
        Assert.Equal("0", (await next.AskAsync("stats")).Sections["ikesas"].Text("half-open"));
    }

    [Fact]
    public async Task The_socket_is_its_owners_alone_and_a_stale_one_is_taken_over()
    {
        string folder = Directory.CreateTempSubdirectory("concentrator-vici-").FullName;
        try
        {
            string path = Path.Combine(folder, "vici.sock");
            using (System.Net.Sockets.Socket killed = new(System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Unspecified))
            {
                // A socket whose file stays, as after SIGKILL.
                killed.Bind(new System.Net.Sockets.UnixDomainSocketEndPoint(path));
                await using ViciStage stage = await ViciStage.OpenAsync();
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(stage.Path));
                SaDescription sas = new(TimeProvider.System);
                await using ViciServer server = ViciServer.Start(path, new ViciCommands(stage.Gateways.Moon, sas, stage.Counters, stage.Program, TimeProvider.System), stage.Events);
                Assert.Throws<ViciException>(() => ViciServer.Start(path, new ViciCommands(stage.Gateways.Moon, sas, stage.Counters, stage.Program, TimeProvider.System), stage.Events));
                using ViciClient client = new(path);
                Assert.NotNull((await client.AskAsync("version")).Text("version"));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
