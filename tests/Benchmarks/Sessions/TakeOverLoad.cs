using System.Diagnostics;
using System.Security.Cryptography;
using Concentrator.Actors.Store;
using Concentrator.Ike;
using Concentrator.Kernel;

namespace Concentrator.Benchmarks;

/// <summary>
/// A gateway with so many IKE SAs, each with one child, is killed; another reads their rows, has the kernel (in memory) install their SAs, and wakes them. What each of
/// the three costs, and how long they take together without a bound on the rate of waking.
/// </summary>
internal static class TakeOverLoad
{
    public static async Task RunAsync(int count, string store)
    {
        using Secret key = new(RandomNumberGenerator.GetBytes(32));
        using Database database = new(store);
        using MemoryXfrmBackend former = new(historyLimit: 16), next = new(historyLimit: 16);
        Gateway killed = await Gateway.StartAsync(former, key, database.Options);
        SessionLoad.Establish(killed, key, 0, count);
        while (killed.Store!.RowsWritten < count) await Task.Delay(10);
        await killed.AbortAsync();
        await ReadAsync(database, count);

        long begin = Stopwatch.GetTimestamp();
        TimeSpan cpu = Process.GetCurrentProcess().TotalProcessorTime;
        await using Gateway successor = await Gateway.StartAsync(next, key, database.Options);
        TimeSpan carried = Stopwatch.GetElapsedTime(begin);
        if (next.DumpSas().Count != 2 * count) throw new InvalidOperationException($"{next.DumpSas().Count} SAs are in the kernel.");
        // Each speaks to its peer as soon as it is awake.
        HashSet<System.Net.IPEndPoint> spoken = [];
        while (spoken.Count < count)
        {
            if (!successor.Sent.TryTake(out Actors.Transport.SendMessage? message, TimeSpan.FromSeconds(10))) throw new TimeoutException($"{spoken.Count} have spoken.");
            spoken.Add(message.Path.Remote);
        }

        TimeSpan awake = Stopwatch.GetElapsedTime(begin);
        cpu = Process.GetCurrentProcess().TotalProcessorTime - cpu;
        SessionLoad.Say($"{count:N0} taken over from {store}: their SAs carry traffic after {carried.TotalSeconds:F2} s (the start of the node included), the last has spoken after {awake.TotalSeconds:F2} s");
        SessionLoad.Say($"woken: {count / (awake - carried).TotalSeconds:N0} a second at least; {cpu.TotalMicroseconds / count:N0} us of processor time each in all");
    }

    private static async Task ReadAsync(Database database, int count)
    {
        await using ISessionStore store = database.Open();
        long epoch = await store.BeginLifeAsync(new NodeIdentity("reader", "reader"), CancellationToken.None);
        long begin = Stopwatch.GetTimestamp();
        IReadOnlyList<ClaimedSession> rows = await store.ClaimAsync(epoch, [.. Enumerable.Range(0, 256).Select(shard => (byte)shard)], [], CancellationToken.None);
        TimeSpan took = Stopwatch.GetElapsedTime(begin);
        if (rows.Count != count) throw new InvalidOperationException($"{rows.Count} rows.");
        SessionLoad.Say($"claimed and read: {rows.Count / took.TotalSeconds:N0} rows a second, {rows.Average(row => row.Body.Octets.Length):N0} octets each");
        await store.EndLifeAsync(epoch, CancellationToken.None);
    }
}
