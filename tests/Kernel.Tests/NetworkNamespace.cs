using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Concentrator.Kernel.Tests;

/// <summary>
/// Runs code on a thread in a network namespace that it alone has, with its own SAD and SPD; the namespace goes with the thread. Needs root:
/// without it the test fails, and says so.
/// </summary>
internal static class NetworkNamespace
{
    private const int CloneNewNet = 0x40000000;

    public static void Run(Action action, TimeSpan? limit = null)
    {
        Exception? failure = null;
        Thread thread = new(() =>
        {
            try
            {
                if (Unshare(CloneNewNet) != 0)
                    throw new InvalidOperationException($"unshare(CLONE_NEWNET): {Errno.TextOf(Marshal.GetLastPInvokeError())}; these tests need root");
                Ip("link set lo up");
                action();
            }
            catch (Exception e)
            {
                failure = e;
            }
        });
        thread.Start();
        Assert.True(thread.Join(limit ?? TimeSpan.FromSeconds(30)), "the namespace's thread did not end in time");
        if (failure is not null) throw new InvalidOperationException(failure.Message, failure);
    }

    /// <summary>Runs <c>ip</c> in the calling thread's namespace.</summary>
    public static void Ip(string arguments)
    {
        using Process process = Process.Start("ip", arguments);
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"ip {arguments}");
    }

    [DllImport("libc", EntryPoint = "unshare", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Unshare(int flags);
}
