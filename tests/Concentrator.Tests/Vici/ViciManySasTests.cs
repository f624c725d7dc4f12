using System.Diagnostics;
using System.Net;
using Concentrator.Actors.ChildSa;
using Concentrator.Actors.IkeSa;
using Concentrator.Actors.Node;
using Concentrator.Actors.Routing;
using Concentrator.Ike.Proposals;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Selectors;
using Concentrator.Ike.Session;
using Concentrator.Vici;

namespace Concentrator.Tests.Vici;

/// <summary>Lists of very many IKE SAs: they stream, however slowly they are read, and hold up nobody.</summary>
public sealed class ViciManySasTests(ITestOutputHelper output)
{
    private const int Many = 20_000;
    private const long MostMemory = 64 << 20;
    private static readonly TimeSpan MostTime = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task While_a_client_does_not_read_its_list_others_are_served_tunnels_come_up_and_memory_stays_small()
    {
        await using ViciStage stage = await ViciStage.OpenAsync();
        List<SessionEntry> entries = Fill(stage.Gateways.Moon);
        using ViciClient slow = new(stage.Path), other = new(stage.Path);
        await slow.RegisterAsync("list-sa");
        long before = GC.GetTotalMemory(forceFullCollection: true);
        Stopwatch time = Stopwatch.StartNew();
        slow.Send(ViciPacket.CommandRequest, "list-sas");

        Assert.Equal("yes", (await other.AskAsync("initiate", ViciStage.Message(("child", "net"), ("timeout", "5000")))).Text("success"));
        Assert.Equal($"{Many + 1}", (await other.AskAsync("stats")).Sections["ikesas"].Text("total"));
        TimeSpan served = time.Elapsed;
        // As much as any queue on the way takes is on its way by now.
        long held = GC.GetTotalMemory(forceFullCollection: true) - before;

        int listed = 0;
        while ((await slow.ReadAsync()).Type == ViciPacket.Event) listed++;
        output.WriteLine($"another client was served in {served.TotalMilliseconds:F0} ms, {held >> 20} MiB held meanwhile, {listed} listed in {time.Elapsed.TotalSeconds:F1} s");
        Assert.InRange(listed, Many, Many + 1);
        Assert.InRange(held, long.MinValue, MostMemory);
        Assert.InRange(time.Elapsed, TimeSpan.Zero, MostTime);
        entries.ForEach(stage.Gateways.Moon.Context.Sessions.Remove);
    }

    [Fact]
    public async Task A_client_that_leaves_in_the_middle_of_its_list_costs_nothing_more()
    {
        await using ViciStage stage = await ViciStage.OpenAsync();
        List<SessionEntry> entries = Fill(stage.Gateways.Moon);
        for (int i = 0; i < 20; i++)
        {
            using ViciClient client = new(stage.Path);
            await client.RegisterAsync("list-sa");
            client.Send(ViciPacket.CommandRequest, "list-sas");
            await client.EventAsync("list-sa");
        }

        using ViciClient next = new(stage.Path);
        Assert.Equal("concentrator", (await next.AskAsync("version")).Text("daemon"));
        entries.ForEach(stage.Gateways.Moon.Context.Sessions.Remove);
    }

    [Fact]
    public async Task A_flood_of_commands_that_nobody_reads_the_answers_of_holds_up_no_tunnel()
    {
        await using ViciStage stage = await ViciStage.OpenAsync();
        List<SessionEntry> entries = Fill(stage.Gateways.Moon);
        List<ViciClient> flood = [.. Enumerable.Range(0, 20).Select(_ => new ViciClient(stage.Path))];
        // As much as the kernel's buffers take: a command waits for the one before, and that for its reader.
        Task flooding = Task.WhenAll(flood.Select(client => Task.Factory.StartNew(
            () =>
            {
                for (int i = 0; i < 10_000; i++) client.Send(ViciPacket.CommandRequest, i % 2 == 0 ? "stats" : "list-sas");
            },
            TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        using ViciClient other = new(stage.Path);
        Stopwatch time = Stopwatch.StartNew();
        Assert.Equal("yes", (await other.AskAsync("initiate", ViciStage.Message(("child", "net"), ("timeout", "5000")))).Text("success"));
        output.WriteLine($"a tunnel came up in {time.Elapsed.TotalMilliseconds:F0} ms under 20 clients that flood");
        flood.ForEach(client => client.Dispose());
        await flooding.ContinueWith(_ => { }, TestContext.Current.CancellationToken, TaskContinuationOptions.None, TaskScheduler.Default);
        entries.ForEach(stage.Gateways.Moon.Context.Sessions.Remove);
    }

    private static List<SessionEntry> Fill(ConcentratorNode node)
    {
        EspSuite esp = new(EncryptionId.AesGcm16, 128, IntegrityId.None, false, KeyExchangeMethod.None);
        DateTimeOffset now = DateTimeOffset.UtcNow;
        List<SessionEntry> entries = [];
        for (uint i = 1; i <= Many; i++)
        {
            SessionId session = SessionId.Parse((0x00ab_0000_0000_0000UL + i).ToString("x14"));
            Assert.True(node.Context.Sessions.TryEnter(session));
            Assert.True(node.Context.Sessions.TryFind(session, out SessionEntry? entry));
            IPEndPoint local = new(IPAddress.Parse("192.0.2.1"), 4500), remote = new(new IPAddress(0x0a000000 + i), 4500);
            entry.Show(new IkeSaSnapshot(session, "road", (int)i, IkeSaState.Established, false, session.Spi().Value, i, local, remote, "moon.example.org", $"peer{i}.example.org", [])
            {
                EstablishedAt = now,
            });
            entry.Show(new ChildSaSnapshot(1, "net", (int)i, ChildSaState.Installed, 0xc0000000 + i, 0xd0000000 + i)
            {
                Details = new ChildSaDetails(esp, false, true, i, [TrafficSelector.Parse("10.1.0.0/16")], [TrafficSelector.Parse("10.2.0.0/24")], now, now.AddHours(1)),
            });
            entries.Add(entry);
        }

        return entries;
    }
}
