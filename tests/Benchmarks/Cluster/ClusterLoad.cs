using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Concentrator.Actors.Clustering;
using Concentrator.Actors.Routing;
using Concentrator.Actors.Transport;
using Concentrator.Ike;

namespace Concentrator.Benchmarks;

/// <summary>
/// Set-ups by one, two and three nodes of a cluster in this process, one after the other in each round: processor time of a set-up, and how many datagrams have to go to
/// another node than the one they came to. The nodes share the machine's processors, so the rate does not grow with them.
/// </summary>
internal static class ClusterLoad
{
    private const int MostNodes = 3;
    private const int WarmUp = 500;

    public static async Task RunAsync(int count, int rounds)
    {
        List<Measured>[] results = [.. Enumerable.Range(0, MostNodes).Select(_ => new List<Measured>())];
        for (int round = 0; round < rounds; round++)
        {
            for (int nodes = 1; nodes <= MostNodes; nodes++)
            {
                Measured one = await MeasureAsync(nodes, count);
                results[nodes - 1].Add(one);
                SessionLoad.Say($"round {round + 1}, {nodes} nodes: {one.Rate:N0} a second, {one.Cpu:N0} us, {one.Hops:P2} of datagrams with a hop");
            }
        }

        foreach (List<Measured> result in results)
        {
            double cpu = Median.Of(result.Select(one => one.Cpu)), bare = Median.Of(results[0].Select(one => one.Cpu));
            int nodes = results.IndexOf(result) + 1;
            SessionLoad.Say($"{nodes} nodes: medians {Median.Of(result.Select(one => one.Rate)):N0} set-ups a second, {cpu:N0} us of processor time each ({cpu / bare:P0}), {Median.Of(result.Select(one => one.Hops)):P2} hops; projected, a processor for each node: {nodes * 1e6 / cpu:N0} a second");
        }
    }

    private static async Task<Measured> MeasureAsync(int nodes, int count)
    {
        using Secret key = new(RandomNumberGenerator.GetBytes(32));
        string folder = Directory.CreateTempSubdirectory("concentrator-bench-").FullName;
        BlockingCollection<SendMessage> sent = [];
        List<Gateway> gateways = [];
        List<SilentKernel> kernels = [];
        try
        {
            using ClusterAuthority authority = ClusterAuthority.Create(Path.Combine(folder, "ca"), DateTimeOffset.UtcNow);
            ushort[] ports = FreePorts(nodes);
            for (int i = 0; i < nodes; i++)
            {
                ClusterNodeOptions cluster = new()
                {
                    Name = $"n{i}",
                    Port = ports[i],
                    Seeds = i == 0 ? [] : [new DnsEndPoint("127.0.0.1", ports[0])],
                    Tls = authority.Issue($"n{i}", DateTimeOffset.UtcNow),
                };
                kernels.Add(new SilentKernel());
                gateways.Add(await Gateway.StartAsync(kernels[i], key, store: null, cluster, i, sent));
            }

            await AwaitShardsAsync(gateways);
            SessionLoad.Establish(gateways, key, 0, WarmUp);
            (long routed, long hops) = Datagrams(gateways);
            TimeSpan cpu = Environment.CpuUsage.TotalTime;
            long begin = Stopwatch.GetTimestamp();
            TimeSpan callers = SessionLoad.Establish(gateways, key, WarmUp, WarmUp + count);
            TimeSpan took = Stopwatch.GetElapsedTime(begin);
            cpu = Environment.CpuUsage.TotalTime - cpu;
            (long routedAfter, long hopsAfter) = Datagrams(gateways);
            return new Measured(count / took.TotalSeconds, (cpu - callers).TotalMicroseconds / count, (hopsAfter - hops) / (double)(routedAfter - routed));
        }
        finally
        {
            foreach (Gateway gateway in gateways.AsEnumerable().Reverse()) await gateway.AbortAsync();
            foreach (SilentKernel kernel in kernels) kernel.Dispose();
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>All shards live somewhere, dealt out as they stay.</summary>
    private static async Task AwaitShardsAsync(List<Gateway> gateways)
    {
        long begin = Stopwatch.GetTimestamp();
        while (gateways.Sum(gateway => gateway.Shards) != SessionId.ShardCount || gateways.Exists(gateway => gateway.Shards < SessionId.ShardCount / gateways.Count - 2))
        {
            if (Stopwatch.GetElapsedTime(begin) > TimeSpan.FromMinutes(1)) throw new TimeoutException($"shards: {string.Join(", ", gateways.Select(gateway => gateway.Shards))}");
            await Task.Delay(100);
        }
    }

    private static (long Routed, long Hops) Datagrams(List<Gateway> gateways) => (gateways.Sum(gateway => gateway.Datagrams.Routed), gateways.Sum(gateway => gateway.Datagrams.Hops));

    private static ushort[] FreePorts(int count)
    {
        TcpListener[] listeners = [.. Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0))];
        foreach (TcpListener listener in listeners) listener.Start();
        ushort[] ports = [.. listeners.Select(listener => (ushort)((IPEndPoint)listener.LocalEndpoint).Port)];
        foreach (TcpListener listener in listeners) listener.Dispose();
        return ports;
    }

    private sealed record Measured(double Rate, double Cpu, double Hops);
}
