using Concentrator.Hosting;
using Concentrator.Logs;
using Microsoft.Extensions.Logging.Abstractions;

namespace Concentrator.Tests.Hosting;

/// <summary>The settings of a node read again while it runs.</summary>
public sealed class SettingsReloaderTests
{
    private readonly LogLevels _levels = new();

    [Fact]
    public void How_much_is_logged_holds_at_once_and_what_clients_changed_is_taken_back()
    {
        Assert.True(_levels.TryChange("knl=3", out _));
        Assert.Empty(Reload(new NodeSettings { Log = "ike=2" }));
        Assert.Equal((1, 2), (_levels.Current["knl"], _levels.Current["ike"]));
    }

    [Fact]
    public void A_mistake_changes_nothing()
    {
        Assert.NotEmpty(Reload(new NodeSettings { Log = "ike=2", Port = 70000 }));
        Assert.Equal(["log: 'loud' is no level: -1 (silent) to 4, or warning, info, debug, trace"], Reload(new NodeSettings { Log = "ike=loud" }));
        Assert.NotEmpty(Reload(null));
        Assert.Equal(1, _levels.Current["ike"]);
    }

    private IReadOnlyList<string> Reload(NodeSettings? settings) => new SettingsReloader(
        faults =>
        {
            if (settings is null) faults.Add("settings: as the test says");
            return settings;
        },
        new NodeSettings(), _levels, NullLogger.Instance).Reload();
}
