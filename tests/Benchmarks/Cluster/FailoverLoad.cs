using System.Diagnostics;
using System.Net;
using Concentrator.Actors.Tests.Store;
using Concentrator.Demo.Failover;
using Concentrator.Http.Api;

namespace Concentrator.Benchmarks;

/// <summary>
/// The demo's cluster, three processes on loopback, with all tunnels on the node that is killed: when the others give it up, when its address is theirs, and when its
/// peers hear from them. Newcomers call a node that lives before, during and after: what the take-over does to them.
/// </summary>
internal static class FailoverLoad
{
    private const int Newcomers = 1000;

    /// <summary>So many on one machine cannot ask each second: it is the successor that speaks first then.</summary>
    private const int SeldomFrom = 2000;

    private static readonly TimeSpan NewcomerPause = TimeSpan.FromMilliseconds(40), Before = TimeSpan.FromSeconds(6), Patience = TimeSpan.FromSeconds(120), CallingTime = TimeSpan.FromMinutes(5);

    public static async Task RunAsync(int count, int rounds)
    {
        using PostgresServer postgres = new();
        foreach (string store in (string[])["sqlite", "postgres"])
        {
            List<Measured> results = [];
            for (int round = 0; round < rounds; round++)
            {
                Measured one = await MeasureAsync(count, store == "sqlite" ? null : $"postgres:{postgres.CreateDatabase()}");
                results.Add(one);
                SessionLoad.Say($"round {round + 1}, {store}, {count:N0} tunnels: {one}");
            }

            double Of(Func<Measured, double> what) => Median.Of(results.Select(what));
            SessionLoad.Say($"{store}, medians: given up {Of(one => one.GivenUp):F1} s, address {Of(one => one.Moved):F1} s, heard half {Of(one => one.Half):F1} s, 99 % {Of(one => one.Most):F1} s, all {Of(one => one.All):F1} s; new set-ups before {Of(one => one.NewBefore):F0} ms, during {Of(one => one.NewDuring):F0} ms, 99 % {Of(one => one.NewDuring99):F0} ms");
        }
    }

    private static async Task<Measured> MeasureAsync(int count, string? store)
    {
        await using FailoverStage stage = FailoverStage.Open(store);
        await stage.UntilAsync(() => stage.IsFormedAsync(default), "the cluster", Patience, default);
        StagedNode victim = stage.Cluster[1], survivor = stage.Cluster[0];
        IPAddress struck = await AddressOfAsync(victim), other = await AddressOfAsync(survivor);
        await using Peers peers = await Peers.StartAsync(count, [struck], stage.Port, stage.Key, count > SeldomFrom ? TimeSpan.FromMinutes(1) : TimeSpan.FromSeconds(1), default);
        await using Peers newcomers = await Peers.StartAsync(Newcomers, [other], stage.Port, stage.Key, TimeSpan.Zero, default, first: count);
        await CallAsync(peers, count);
        int authentications = peers.Ledger.Authentications;

        using CancellationTokenSource over = new();
        Task<List<(string Name, long At)>> calling = KeepCallingAsync(newcomers, over.Token);
        await Task.Delay(Before);
        await victim.Process.KillAsync();
        peers.Ledger.Mark();
        long killed = Stopwatch.GetTimestamp();
        Task<(TimeSpan GivenUp, TimeSpan Moved)> watching = WatchAsync(stage, survivor, victim, struck, killed);
        await stage.UntilAsync(() => Task.FromResult(peers.Tunnels.All(tunnel => peers.Ledger.HeardAfter(tunnel.Name) is not null)), "all peers to hear again", Patience, default);
        double[] heard = [.. peers.Tunnels.Select(tunnel => peers.Ledger.HeardAfter(tunnel.Name)!.Value.TotalSeconds)];
        (TimeSpan givenUp, TimeSpan moved) = await watching;
        await Task.Delay(TimeSpan.FromSeconds(2));
        await over.CancelAsync();
        List<(string Name, long At)> called = await calling;
        await Task.Delay(TimeSpan.FromSeconds(3));

        (double[] before, double[] during) = (TimesOf(newcomers, called.Where(one => one.At < killed)), TimesOf(newcomers, called.Where(one => one.At >= killed)));
        return new Measured(givenUp.TotalSeconds, moved.TotalSeconds, Median.At(heard, 0.5), Median.At(heard, 0.99), Median.At(heard, 1))
        {
            NewBefore = Median.Of(before),
            NewDuring = Median.Of(during),
            NewDuring99 = Median.At(during, 0.99),
            Unanswered = called.Count - before.Length - during.Length,
            Kept = peers.Up().Count,
            Authenticated = peers.Ledger.Authentications - authentications,
        };
    }

    private static async Task<IPAddress> AddressOfAsync(StagedNode node) =>
        IPAddress.Parse((await node.LookAsync(default))!.Nodes.Single(one => one.IsSelf).ServiceAddresses[0]);

    /// <summary>Some at a time: they come from one address, and more than so many half-open IKE SAs of one are not let in.</summary>
    private static async Task CallAsync(Peers peers, int count)
    {
        int called = 0;
        foreach ((string name, _) in peers.Tunnels)
        {
            peers.Call(name);
            if (++called % 100 == 0) await AwaitAsync(() => peers.Up().Count > called - 400);
        }

        await AwaitAsync(() => peers.Up().Count == count);
    }

    private static async Task AwaitAsync(Func<bool> isSo)
    {
        long begin = Stopwatch.GetTimestamp();
        while (!isSo())
        {
            if (Stopwatch.GetElapsedTime(begin) > CallingTime) throw new TimeoutException("the tunnels do not come up");
            await Task.Delay(200);
        }
    }

    private static async Task<List<(string Name, long At)>> KeepCallingAsync(Peers newcomers, CancellationToken over)
    {
        List<(string, long)> called = [];
        foreach ((string name, _) in newcomers.Tunnels)
        {
            if (over.IsCancellationRequested) break;
            called.Add((name, Stopwatch.GetTimestamp()));
            newcomers.Call(name);
            await Task.Delay(NewcomerPause, CancellationToken.None);
        }

        return called;
    }

    private static async Task<(TimeSpan GivenUp, TimeSpan Moved)> WatchAsync(FailoverStage stage, StagedNode survivor, StagedNode victim, IPAddress address, long killed)
    {
        TimeSpan? givenUp = null, moved = null;
        await stage.UntilAsync(
            async () =>
            {
                if (await survivor.LookAsync(default) is not { } map) return false;
                if (!map.Nodes.Any(node => node.Address == victim.ClusterAddress)) givenUp ??= Stopwatch.GetElapsedTime(killed);
                if (map.Nodes.Any(node => node.Address != victim.ClusterAddress && node.ServiceAddresses.Contains(address.ToString()))) moved ??= Stopwatch.GetElapsedTime(killed);
                return givenUp is not null && moved is not null;
            },
            "the address to move", Patience, default);
        return (givenUp!.Value, moved!.Value);
    }

    private static double[] TimesOf(Peers newcomers, IEnumerable<(string Name, long At)> called) =>
        [.. called.Select(one => newcomers.Ledger.SetUpTime(one.Name)).OfType<TimeSpan>().Select(time => time.TotalMilliseconds)];

    /// <summary>Seconds after the kill; of newcomers milliseconds from the first message until both ends were authenticated.</summary>
    private sealed record Measured(double GivenUp, double Moved, double Half, double Most, double All)
    {
        public required double NewBefore { get; init; }

        public required double NewDuring { get; init; }

        public required double NewDuring99 { get; init; }

        /// <summary>Newcomers that were not up three seconds after the last of them had called.</summary>
        public required int Unanswered { get; init; }

        public required int Kept { get; init; }

        public required int Authenticated { get; init; }
    }
}
