using System.Collections.Concurrent;
using System.Diagnostics;
using System.Security.Cryptography;
using Concentrator.Actors.Clustering;
using Concentrator.Actors.Node;
using Concentrator.Actors.Routing;
using Concentrator.Actors.Store;
using Concentrator.Ike;
using Concentrator.Ike.Session;
using Concentrator.Kernel;

namespace Concentrator.Benchmarks;

/// <summary>
/// A gateway with so many IKE SAs, each with one child, is killed; another reads their rows, has the kernel (in memory) install their SAs, and wakes them. What each of
/// the three costs, and how long they take together without a bound on the rate of waking.
/// </summary>
internal static class TakeOverLoad
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

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

        // What the start of a node takes by itself.
        long begin = Stopwatch.GetTimestamp();
        using (MemoryXfrmBackend empty = new(historyLimit: 16))
            await (await Gateway.StartAsync(empty, key)).AbortAsync();
        TimeSpan start = Stopwatch.GetElapsedTime(begin);

        Speakers speakers = new();
        begin = Stopwatch.GetTimestamp();
        TimeSpan cpu = Process.GetCurrentProcess().TotalProcessorTime, paused = GC.GetTotalPauseDuration();
        int[] collections = [.. Enumerable.Range(0, 3).Select(GC.CollectionCount)];
        await using Gateway successor = await Gateway.StartAsync(next, key, database.Options, new ClusterNodeOptions { Name = "successor" }, observer: speakers);
        TimeSpan carried = Stopwatch.GetElapsedTime(begin);
        if (next.DumpSas().Count != 2 * count) throw new InvalidOperationException($"{next.DumpSas().Count} SAs are in the kernel.");
        // Each speaks to its peer as soon as it is awake.
        while (speakers.Count < count)
        {
            if (Stopwatch.GetElapsedTime(begin) > Patience) throw new TimeoutException($"{speakers.Count} have spoken.");
            await Task.Delay(5);
        }

        TimeSpan awake = Stopwatch.GetElapsedTime(begin, speakers.Last);
        cpu = Process.GetCurrentProcess().TotalProcessorTime - cpu;
        paused = GC.GetTotalPauseDuration() - paused;
        SessionLoad.Say($"garbage collections: {string.Join('/', collections.Select((before, generation) => GC.CollectionCount(generation) - before))}, {paused.TotalMilliseconds:F0} ms in all");
        SessionLoad.Say($"{count:N0} taken over from {store}: their SAs carry traffic after {carried.TotalSeconds:F2} s (an empty node starts in {start.TotalSeconds:F2} s), the last has spoken after {awake.TotalSeconds:F2} s");
        SessionLoad.Say($"claimed, opened and installed: {2 * count / Math.Max(0.001, (carried - start).TotalSeconds):N0} SAs a second; woken: {count / Stopwatch.GetElapsedTime(speakers.First, speakers.Last).TotalSeconds:N0} a second; {cpu.TotalMicroseconds / count:N0} us of processor time each in all");
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

    /// <summary>Which IKE SAs have sent something, and when the first and the last of them did so for the first time. Told on the actors' threads.</summary>
    private sealed class Speakers : IObserver<NodeEvent>
    {
        private readonly ConcurrentDictionary<SessionId, long> _spoken = [];

        public int Count => _spoken.Count;

        public long First => _spoken.Values.Min();

        public long Last => _spoken.Values.Max();

        public void OnNext(NodeEvent value)
        {
            if (value is IkeSaHappened { Event: MessageSent, IkeSa.Session: var session }) _spoken.TryAdd(session, Stopwatch.GetTimestamp());
        }

        public void OnCompleted()
        {
        }

        public void OnError(Exception error)
        {
        }
    }
}
