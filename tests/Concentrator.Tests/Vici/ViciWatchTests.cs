using System.Net;
using System.Text;
using Concentrator.Actors.ChildSa;
using Concentrator.Actors.Node;
using Concentrator.Kernel;
using Concentrator.Vici;

namespace Concentrator.Tests.Vici;

/// <summary>What clients watch: the log of their own command, alerts, counters, traps.</summary>
public sealed class ViciWatchTests
{
    [Fact]
    public async Task The_log_of_a_command_comes_before_its_answer_and_names_the_IKE_SA()
    {
        await using ViciStage stage = await ViciStage.OpenAsync();
        using ViciClient client = new(stage.Path), other = new(stage.Path);
        await client.RegisterAsync("control-log");
        await other.RegisterAsync("control-log");
        client.Send(ViciPacket.CommandRequest, "initiate", ViciStage.Message(("child", "net"), ("timeout", "5000"), ("loglevel", "1")));
        List<string> lines = await LinesUntilAnswerAsync(client);
        Assert.Contains("IKE sun 1 IKE_SA sun[1] state change: CREATED => CONNECTING", lines);
        Assert.Contains(lines, line => line.StartsWith("ENC sun 1 generating IKE_SA_INIT request 0 [", StringComparison.Ordinal));
        Assert.Contains("CHD sun 1 CHILD_SA net{1} state change: INSTALLING => INSTALLED", lines);

        client.Send(ViciPacket.CommandRequest, "terminate", ViciStage.Message(("ike", "sun"), ("timeout", "5000"), ("loglevel", "-1")));
        Assert.Empty(await LinesUntilAnswerAsync(client));
        Assert.Equal(0, other.Available);
    }

    [Fact]
    public async Task What_an_operator_should_look_at_is_an_alert()
    {
        await using ViciStage stage = await ViciStage.OpenAsync();
        using ViciClient client = new(stage.Path);
        await client.RegisterAsync("alert");
        stage.Gateways.MoonKernel.Refuse(XfrmStep.InboundSa, Errno.ENOMEM, "as the test says", times: 1);
        stage.Gateways.Call();
        ViciSection refused = await client.EventAsync("alert");
        Assert.Equal("kernel-refused", refused.Text("type"));
        Assert.StartsWith("inbound SA: ENOMEM as the test says", refused.Text("msg"), StringComparison.Ordinal);
        ViciSection child = await client.EventAsync("alert");
        Assert.Equal(("child-refused", "sun", "1"), (child.Text("type"), child.Text("ikesa-name"), child.Text("ikesa-uniqueid")));
    }

    [Fact]
    public async Task A_move_is_told_with_the_endpoints_before_and_after()
    {
        await using ViciStage stage = await ViciStage.OpenAsync();
        using ViciClient client = new(stage.Path);
        await client.AskAsync("initiate", ViciStage.Message(("child", "net"), ("timeout", "5000")));
        await client.RegisterAsync("ike-update");
        IkeSaSnapshot sun = stage.Gateways.Moon.IkeSas[0];
        IPEndPoint before = new(IPAddress.Parse("192.0.2.7"), 500);
        stage.Events.OnNext(new IkeSaMoved(DateTimeOffset.UtcNow, new IkeSaName(sun.Session, sun.Name, sun.Number), before, before));
        ViciSection moved = await client.EventAsync("ike-update");
        Assert.Equal(("127.0.0.1", $"{sun.Remote!.Port}"), (moved.Text("remote-host"), moved.Text("remote-port")));
        Assert.Equal(("192.0.2.7", "500"), (moved.Sections["sun"].Text("remote-host"), moved.Sections["sun"].Text("local-port")));
    }

    [Theory]
    [InlineData("reload-settings")]
    [InlineData("reload-config")]
    public async Task What_is_read_again_is_in_force_or_what_is_wrong_with_it_is_told(string command)
    {
        await using ViciStage stage = await ViciStage.OpenAsync();
        using ViciClient client = new(stage.Path);
        Assert.Equal("yes", (await client.AskAsync(command)).Text("success"));
        stage.Faults.AddRange(["log: 'loud' is no level", "port: 0"]);
        ViciSection refused = await client.AskAsync(command);
        Assert.Equal(("no", "log: 'loud' is no level; port: 0"), (refused.Text("success"), refused.Text("errmsg")));
    }

    [Fact]
    public async Task Messages_are_counted_in_all_and_for_each_connection()
    {
        await using ViciStage stage = await ViciStage.OpenAsync();
        using ViciClient client = new(stage.Path);
        await client.AskAsync("initiate", ViciStage.Message(("child", "net"), ("timeout", "5000")));
        await client.RegisterAsync("ike-rekey");
        await client.AskAsync("rekey", ViciStage.Message(("ike", "sun")));
        await client.EventAsync("ike-rekey");
        ViciSection all = (await client.AskAsync("get-counters")).Sections["counters"].Sections[""];
        Assert.Equal(("1", "1", "1", "1"), (all.Text("ike-init-out-req"), all.Text("ike-init-in-resp"), all.Text("ike-auth-out-req"), all.Text("ike-auth-in-resp")));
        Assert.Equal(("1", "0", "0"), (all.Text("ike-rekey-init"), all.Text("ike-rekey-resp"), all.Text("ike-init-in-req")));
        // What strongSwan 5.9.8 has, in its order.
        Assert.Equal(
            "ike-rekey-init ike-rekey-resp child-rekey invalid invalid-spi ike-init-in-req ike-init-in-resp ike-init-out-req ike-init-out-resp "
            + "ike-auth-in-req ike-auth-in-resp ike-auth-out-req ike-auth-out-resp create-child-in-req create-child-in-resp create-child-out-req create-child-out-resp "
            + "info-in-req info-in-resp info-out-req info-out-resp",
            string.Join(' ', all.Values.Keys));
        Assert.Equal(["sun"], (await client.AskAsync("get-counters", ViciStage.Message(("all", "yes")))).Sections["counters"].Sections.Keys);
        Assert.Equal("1", (await client.AskAsync("get-counters", ViciStage.Message(("name", "sun")))).Sections["counters"].Sections["sun"].Text("ike-init-out-req"));

        await client.AskAsync("reset-counters");
        Assert.Equal("0", (await client.AskAsync("get-counters")).Sections["counters"].Sections[""].Text("ike-init-out-req"));
        await client.AskAsync("reset-counters", ViciStage.Message(("all", "yes")));
        Assert.Equal("no counters found for this connection", (await client.AskAsync("get-counters", ViciStage.Message(("name", "sun")))).Text("errmsg"));
    }

    [Fact]
    public async Task A_trap_is_set_listed_and_removed_and_a_refusal_of_the_kernel_is_told()
    {
        await using ViciStage stage = await ViciStage.OpenAsync();
        using ViciClient client = new(stage.Path);
        await client.RegisterAsync("list-policy");
        for (int i = 0; i < 2; i++) Assert.Equal("yes", (await client.AskAsync("install", ViciStage.Message(("child", "net"), ("ike", "sun")))).Text("success"));
        Assert.Equal(3, stage.Gateways.MoonKernel.DumpPolicies().Count);

        client.Send(ViciPacket.CommandRequest, "list-policies", ViciStage.Message(("trap", "yes"), ("pass", "yes")));
        ViciSection trap = (await client.EventAsync("list-policy")).Sections["sun/net"];
        Assert.Equal(("net", "sun", "TUNNEL", "10.1.0.0/24"), (trap.Text("child"), trap.Text("ike"), trap.Text("mode"), Encoding.UTF8.GetString(trap.Lists["local-ts"][0])));
        Assert.Equal(ViciPacket.CommandResponse, (await client.ReadAsync()).Type);
        foreach ((string key, string value) in new[] { ("child", "other"), ("ike", "other") })
        {
            client.Send(ViciPacket.CommandRequest, "list-policies", ViciStage.Message(("trap", "yes"), (key, value)));
            Assert.Equal(ViciPacket.CommandResponse, (await client.ReadAsync()).Type);
        }

        Assert.Equal("yes", (await client.AskAsync("uninstall", ViciStage.Message(("child", "net")))).Text("success"));
        Assert.Empty(stage.Gateways.MoonKernel.DumpPolicies());
        stage.Gateways.MoonKernel.Refuse(XfrmStep.ForwardPolicy, Errno.EINVAL, "as the test says", times: 1);
        ViciSection refused = await client.AskAsync("install", ViciStage.Message(("child", "net")));
        Assert.Equal("no", refused.Text("success"));
        Assert.Contains("as the test says", refused.Text("errmsg"), StringComparison.Ordinal);
        Assert.Empty(stage.Gateways.MoonKernel.DumpPolicies());
    }

    [Fact]
    public async Task A_list_may_be_of_one_child()
    {
        await using ViciStage stage = await ViciStage.OpenAsync();
        using ViciClient client = new(stage.Path);
        await client.AskAsync("initiate", ViciStage.Message(("child", "net"), ("timeout", "5000")));
        await client.AskAsync("initiate", ViciStage.Message(("child", "second"), ("timeout", "5000")));
        await client.RegisterAsync("list-sa");
        client.Send(ViciPacket.CommandRequest, "list-sas", ViciStage.Message(("child", "second"), ("noblock", "yes")));
        ViciSection children = (await client.EventAsync("list-sa")).Sections["sun"].Sections["child-sas"];
        ViciSection second = Assert.Single(children.Sections).Value;
        Assert.Equal("second", second.Text("name"));
        Assert.InRange(second.Number("rekey-time")!.Value, 3000, 3600);
        Assert.InRange(second.Number("life-time")!.Value, 3600, 4000);
        Assert.Equal(ViciPacket.CommandResponse, (await client.ReadAsync()).Type);
        client.Send(ViciPacket.CommandRequest, "list-sas", ViciStage.Message(("child-id", "77")));
        Assert.Equal(ViciPacket.CommandResponse, (await client.ReadAsync()).Type);
        Assert.Equal(2, stage.Gateways.Moon.IkeSas[0].Children.Count(c => c.State == ChildSaState.Installed));
    }

    private static async Task<List<string>> LinesUntilAnswerAsync(ViciClient client)
    {
        List<string> lines = [];
        while (true)
        {
            (ViciPacket type, ViciSection message) = await client.ReadAsync();
            if (type == ViciPacket.CommandResponse)
            {
                Assert.Equal("yes", message.Text("success"));
                return lines;
            }

            lines.Add($"{message.Text("group")} {message.Text("ikesa-name")} {message.Text("ikesa-uniqueid")} {message.Text("msg")}");
        }
    }
}
