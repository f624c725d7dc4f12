using System.Globalization;

namespace Concentrator.Actors.Store;

/// <summary>
/// Which process a life belongs to: where the kernel that runs it is the reader's own, a dead one is known at once, so that a node that was killed starts again
/// without waiting for its own beat to stop.
/// </summary>
internal sealed record NodePlace(string Place, string Process)
{
    public static NodePlace Own { get; } = new(OwnPlace(), ProcessOf(Environment.ProcessId) ?? "?");

    /// <summary>Surely over: it ran here, and does not any more.</summary>
    public bool IsOver => Place == Own.Place && Place != "?" && Process != Own.Process
        && ProcessOf(int.TryParse(Process.Split(' ')[0], CultureInfo.InvariantCulture, out int pid) ? pid : -1) != Process;

    private static string OwnPlace()
    {
        try
        {
            string boot = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
            return $"{boot} {new FileInfo("/proc/self/ns/pid").LinkTarget}";
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return "?";
        }
    }

    /// <summary>Process id and the time of its start (proc(5), field 22 of stat); null: there is none.</summary>
    private static string? ProcessOf(int pid)
    {
        try
        {
            string stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/stat"));
            return string.Create(CultureInfo.InvariantCulture, $"{pid} {stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[19]}");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
