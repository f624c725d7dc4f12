using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using Concentrator.Actors.Node;
using Concentrator.Ike.Session;

namespace Concentrator.Vici.Commands;

/// <summary><c>version</c> and <c>stats</c>: about the program itself.</summary>
internal sealed class DaemonCommands(ConcentratorNode node, TimeProvider time)
{
    private readonly DateTimeOffset _since = time.GetLocalNow();

    public static ViciWriter Version()
    {
        string version = typeof(DaemonCommands).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
        return ViciWriter.Response()
            .Put("daemon", "concentrator")
            .Put("version", version.Split('+')[0])
            .Put("sysname", "Linux")
            .Put("release", Environment.OSVersion.Version.ToString())
            .Put("machine", RuntimeInformation.OSArchitecture == Architecture.X64 ? "x86_64" : "aarch64");
    }

    /// <summary>Workers are the threads of the runtime's pool: there are no job priorities here.</summary>
    public Task<ViciWriter> StatsAsync(ViciRequest request)
    {
        IReadOnlyList<(IkeSaState State, int Count)> ikeSas = node.CountIkeSas();
        ThreadPool.GetMaxThreads(out int most, out _);
        ThreadPool.GetAvailableThreads(out int available, out _);
        ViciWriter writer = ViciWriter.Response()
            .Begin("uptime")
            .Put("running", Running(time.GetLocalNow() - _since))
            .Put("since", _since.ToString("MMM dd HH:mm:ss yyyy", CultureInfo.InvariantCulture))
            .End()
            .Begin("workers").Put("total", ThreadPool.ThreadCount).Put("idle", Math.Max(0, ThreadPool.ThreadCount - (most - available)))
            .Begin("active");
        foreach (string priority in Priorities) writer.Put(priority, priority == "medium" ? most - available : 0);
        writer.End().End().Begin("queues");
        foreach (string priority in Priorities) writer.Put(priority, priority == "medium" ? ThreadPool.PendingWorkItemCount : 0);
        writer.End()
            .Put("scheduled", Timer.ActiveCount)
            .Begin("ikesas").Put("total", ikeSas.Sum(s => s.Count)).Put("half-open", ikeSas.Where(s => s.State == IkeSaState.InitAnswered).Sum(s => s.Count)).End()
            .List("plugins", ["akka", node.KernelName])
            .Begin("mallinfo")
            .Put("sbrk", GC.GetGCMemoryInfo().TotalCommittedBytes)
            .Put("mmap", 0)
            .Put("used", GC.GetTotalMemory(forceFullCollection: false))
            .Put("free", Math.Max(0, GC.GetGCMemoryInfo().TotalCommittedBytes - GC.GetTotalMemory(forceFullCollection: false)))
            .End();
        return Task.FromResult(writer);
    }

    private static readonly string[] Priorities = ["critical", "high", "medium", "low"];

    private static string Running(TimeSpan time) => time switch
    {
        { TotalMinutes: < 2 } => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalSeconds} seconds"),
        { TotalHours: < 2 } => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalMinutes} minutes"),
        { TotalDays: < 2 } => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalHours} hours"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalDays} days"),
    };
}
