using System.Globalization;
using Concentrator.Actors.Node;
using Microsoft.Extensions.Hosting.Systemd;

namespace Concentrator.Hosting;

/// <summary>
/// Tells systemd that the gateway is up, that it stops, and, where the unit has a watchdog, that it lives: that its actors answer. Without systemd it does nothing.
/// </summary>
internal sealed class ServiceWatch : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly SystemdNotifier _systemd = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _watching;

    public ServiceWatch(ConcentratorNode node)
    {
        _systemd.Notify(ServiceState.Ready);
        _watching = WatchdogPeriod is { } period ? Task.Run(() => WatchAsync(node, period)) : Task.CompletedTask;
    }

    /// <summary>Half of what the unit allows, as sd_watchdog_enabled(3) would have it; null: no watchdog, or another process's.</summary>
    private static TimeSpan? WatchdogPeriod
    {
        get
        {
            if (!long.TryParse(Environment.GetEnvironmentVariable("WATCHDOG_USEC"), NumberStyles.None, CultureInfo.InvariantCulture, out long limit) || limit <= 0) return null;
            string? process = Environment.GetEnvironmentVariable("WATCHDOG_PID");
            return process is null || process == Environment.ProcessId.ToString(CultureInfo.InvariantCulture) ? TimeSpan.FromMicroseconds(limit / 2.0) : null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _systemd.Notify(ServiceState.Stopping);
        await _stop.CancelAsync().ConfigureAwait(false);
        await _watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    /// <summary>A node whose actors are stuck is silent, and systemd starts it anew.</summary>
    private async Task WatchAsync(ConcentratorNode node, TimeSpan period)
    {
        using PeriodicTimer timer = new(period);
        do
        {
            if (await node.IsAliveAsync(Patience < period ? Patience : period, _stop.Token).ConfigureAwait(false)) _systemd.Notify(new ServiceState("WATCHDOG=1"));
        }
        while (await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false));
    }
}
