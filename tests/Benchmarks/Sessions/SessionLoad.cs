using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using Concentrator.Actors.Node;
using Concentrator.Ike;
using Concentrator.Kernel;

namespace Concentrator.Benchmarks;

/// <summary>
/// So many IKE SAs, each with one child, in one process: what one of them costs in octets and in processor time. Each comes about by the real exchange with a
/// caller in memory, who is forgotten once both are up.
/// </summary>
internal static class SessionLoad
{
    private const int AtOnce = 24;

    public static async Task RunAsync(int count, string kernel, string store)
    {
        using Secret key = new(RandomNumberGenerator.GetBytes(32));
        using IXfrmBackend backend = kernel == "silent" ? new SilentKernel() : new MemoryXfrmBackend(historyLimit: 16);
        using Database database = new(store);
        await using Gateway gateway = await Gateway.StartAsync(backend, key, database.Options);
        Establish(gateway, key, 0, Math.Min(1000, count / 10));
        int before = gateway.Established;
        (long heap, long resident) = Memory();
        TimeSpan cpu = Process.GetCurrentProcess().TotalProcessorTime;
        long begin = Stopwatch.GetTimestamp();

        PauseWatch pauses = new();
        TimeSpan callers = Establish(gateway, key, before, before + count);
        pauses.Dispose();

        TimeSpan took = Stopwatch.GetElapsedTime(begin);
        cpu = Process.GetCurrentProcess().TotalProcessorTime - cpu;
        (long heapAfter, long residentAfter) = Memory();
        NodeSnapshot node = await gateway.GetSnapshotAsync();
        if (gateway.Established != before + count || node.Drops.Sum(drop => drop.Value) != 0) throw new InvalidOperationException("Not all came up.");
        Say($"{count:N0} IKE SAs with one child each, {kernel} kernel: {node.Kernel}");
        Say($"per IKE SA with its child: {(heapAfter - heap) / count:N0} B of heap, {(residentAfter - resident) / count:N0} B resident");
        Say($"pauses of the collector: {pauses.Sum.TotalSeconds / took.TotalSeconds:P1} of the time, the longest {pauses.Longest.TotalMilliseconds:N0} ms");
        if (gateway.Store is { } stored) Say($"stored in {store}: {stored.RowsWritten:N0} rows in {stored.Batches:N0} transactions");
        Say($"set-up: {count / took.TotalSeconds:N0} a second; {cpu.TotalMicroseconds / count:N0} us of processor time, of which callers {callers.TotalMicroseconds / count:N0} us");
    }

    public static TimeSpan Establish(Gateway gateway, Secret key, int from, int to, int atOnce = AtOnce) => Establish([gateway], key, from, to, atOnce);

    /// <summary>The callers are dealt out to the nodes of a cluster. Returns the processor time that their side took, all of it the calling thread's.</summary>
    public static TimeSpan Establish(IReadOnlyList<Gateway> gateways, Secret key, int from, int to, int atOnce = AtOnce)
    {
        Dictionary<IPEndPoint, Caller> calling = [];
        TimeSpan begin = ThreadClock.Now;
        int next = from;
        for (int up = from; up < to;)
        {
            while (next < to && calling.Count < atOnce)
            {
                Caller caller = new(next, key, gateways[next % gateways.Count].Address);
                calling.Add(caller.Address, caller);
                caller.Call();
                Send(gateways[next % gateways.Count], caller);
                next++;
            }

            if (!gateways[0].Sent.TryTake(out Actors.Transport.SendMessage? message, TimeSpan.FromSeconds(10))) throw new TimeoutException($"{up} are up, and nothing comes any more.");
            Caller called = calling[message.Path.Remote];
            called.Receive(message.Message);
            Send(gateways.First(gateway => gateway.Address.Equals(message.Path.Local)), called);
            if (!called.IsUp) continue;
            calling.Remove(called.Address);
            called.Dispose();
            up++;
        }

        return ThreadClock.Now - begin;
    }

    private static void Send(Gateway gateway, Caller caller)
    {
        while (caller.Outbox.TryDequeue(out ReadOnlyMemory<byte> message)) gateway.Deliver(message, caller.Address);
    }

    public static (long Heap, long Resident) Memory()
    {
        for (int i = 0; i < 3; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        return (GC.GetTotalMemory(forceFullCollection: true), Environment.WorkingSet);
    }

    public static void Say(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
