using System.Diagnostics;

namespace Concentrator.Actors.Tests;

/// <summary>Waits for what happens on other threads. Patient, for a loaded machine stretches time: only a test that fails waits long.</summary>
internal static class Wait
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Returns when this is so; fails with what was found instead.</summary>
    public static async Task UntilAsync(Func<bool> isSo, Func<string> found)
    {
        Stopwatch waited = Stopwatch.StartNew();
        while (!isSo())
        {
            if (waited.Elapsed > Patience) Assert.Fail($"not within {Patience.TotalSeconds} s: {found()}");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Returns when this is so; fails with what was waited for.</summary>
    public static Task UntilAsync(Func<bool> isSo, [System.Runtime.CompilerServices.CallerArgumentExpression(nameof(isSo))] string what = "") => UntilAsync(isSo, () => what);
}
