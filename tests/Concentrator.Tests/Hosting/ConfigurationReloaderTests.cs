using System.Net;
using Concentrator.Actors.Node;
using Concentrator.Configuration;
using Concentrator.Hosting;
using Concentrator.Ike.Configuration;
using Concentrator.Kernel;
using Concentrator.Tests.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Concentrator.Tests.Hosting;

/// <summary>The configuration file read again while a node runs.</summary>
public sealed class ConfigurationReloaderTests : IAsyncLifetime, IDisposable
{
    private readonly ConfigFolder _folder = new();
    private readonly Lines _log = new();
    private ConcentratorNode _node = null!;
    private ConfigurationReloader _reloader = null!;

    public async ValueTask InitializeAsync()
    {
        _folder.Write(ConfigFolder.Connection());
        NodeOptions options = new() { ListenAddresses = [IPAddress.Loopback], Port = 0, NatPort = 0, Kernel = KernelKind.Memory };
        _node = await ConcentratorNode.StartAsync(options, _folder.Load().Config!, NullLoggerFactory.Instance, TestContext.Current.CancellationToken);
        _reloader = new ConfigurationReloader(_node, _folder.Main, _log);
    }

    [Fact]
    public async Task A_mistake_keeps_the_old_configuration_and_is_told_with_its_place()
    {
        GatewayConfig before = _node.Configuration;
        _folder.Write(ConfigFolder.Connection("local_adrs = 192.0.2.1"));
        ConfigurationError mistake = Assert.Single(await _reloader.ReloadAsync());
        Assert.Equal(3, mistake.Line);
        Assert.Same(before, _node.Configuration);
        Assert.Equal(
            [$"{_folder.Main}:3: connections.c.local_adrs: unknown key, did you mean 'local_addrs'?", $"the configuration stays as it was: mistakes (1) in {_folder.Main}"], _log.Written);

        File.Delete(_folder.Main);
        Assert.NotEmpty(await _reloader.ReloadAsync());
        Assert.Same(before, _node.Configuration);
    }

    [Fact]
    public async Task What_changed_is_another_and_what_did_not_is_the_same()
    {
        GatewayConfig before = _node.Configuration;
        Assert.Empty(await _reloader.ReloadAsync());
        Assert.Same(before.Connections[0], _node.Configuration.Connections[0]);
        Assert.Same(before.SharedKeys[0], _node.Configuration.SharedKeys[0]);

        _folder.Write(ConfigFolder.Connection("dpd_delay = 30s"));
        Assert.Empty(await _reloader.ReloadAsync());
        Assert.Equal(TimeSpan.FromSeconds(30), Assert.Single(_node.Connections).DpdDelay);
        Assert.Same(before.SharedKeys[0], _node.Configuration.SharedKeys[0]);
        Assert.Equal(3, before.SharedKeys[0].Key.Length);

        _folder.Write("connections { }\n");
        Assert.Empty(await _reloader.ReloadAsync());
        Assert.Empty(_node.Connections);
        Assert.Throws<ObjectDisposedException>(() => before.SharedKeys[0].Key.Span.Length);
    }

    [Fact]
    public async Task Many_at_once_come_one_after_the_other()
    {
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => _reloader.ReloadAsync()));
        Assert.Equal("key"u8, _node.Configuration.SharedKeys[0].Key.Span);
    }

    [Fact]
    public async Task A_node_that_stops_is_not_reconfigured()
    {
        await _node.StopAsync();
        Assert.NotEmpty(await _reloader.ReloadAsync());
        Assert.Equal("the configuration stays as it was", _log.Written[^1]);
    }

    public async ValueTask DisposeAsync()
    {
        _reloader.Dispose();
        await _node.DisposeAsync();
        _node.Configuration.DisposeSecrets();
    }

    public void Dispose() => _folder.Dispose();

    private sealed class Lines : ILogger
    {
        public List<string> Written { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Written.Add(formatter(state, exception));
    }
}
