using System.Net;
using Concentrator.Actors.Node;
using Concentrator.Http;
using Concentrator.Ike.Configuration;
using Concentrator.Telemetry;
using Concentrator.Vici;
using Microsoft.Extensions.Logging;

namespace Concentrator.Hosting;

/// <summary>
/// A node with what operators see and touch of it: control socket, web server, meters. Owned by the command that runs it. Stops in order: first
/// nobody can ask any more, then the node closes its IKE SAs, then keys are zeroed.
/// </summary>
/// <param name="options">Sockets, kernel, bounds.</param>
/// <param name="config">What <paramref name="configPath"/> says; its secrets are the gateway's from now on.</param>
/// <param name="configPath">Read again when asked to.</param>
/// <param name="settings">Where to listen for operators.</param>
/// <param name="viciLog">Gets lines of the log to clients.</param>
/// <param name="logging">Stays the caller's.</param>
internal sealed class Gateway(
    NodeOptions options, GatewayConfig config, string configPath, NodeSettings settings, ViciLog viciLog, ILoggerFactory logging) : IAsyncDisposable
{
    private const string DefaultVici = "/run/concentrator/vici.sock";
    private const string DefaultHttp = "127.0.0.1:9180";
    private const string None = "none";

    private static readonly Action<ILogger, string, string, Exception?> Listens =
        LoggerMessage.Define<string, string>(LogLevel.Information, new EventId(800), "{Service} listens on {Where}");

    private static readonly Action<ILogger, string, string, Exception?> Absent =
        LoggerMessage.Define<string, string>(LogLevel.Warning, new EventId(801), "no {Service}: {Why}");

    private readonly ILogger _log = logging.CreateLogger("CFG");
    private readonly GatewayMeter _meter = new();
    private ConcentratorNode? _node;
    private ViciServer? _vici;
    private HttpEndpoint? _http;
    private ConfigurationReloader? _reloader;

    /// <inheritdoc cref="ConcentratorNode.WhenCutOff"/>
    public Task WhenCutOff => _node?.WhenCutOff ?? Task.CompletedTask;

    /// <exception cref="NodeStartException">The kernel or a port cannot be had.</exception>
    /// <exception cref="ViciException">The control socket that was asked for cannot be had.</exception>
    /// <exception cref="HttpException">The web server cannot listen where it was asked to.</exception>
    public async Task StartAsync(CancellationToken cancel)
    {
        _node = await ConcentratorNode.StartAsync(options, config, logging, backend: null, _meter, cancel).ConfigureAwait(false);
        _meter.Attach(_node);
        _reloader = new ConfigurationReloader(_node, configPath, _log);
        if (settings.Vici != None) StartVici(_node);
        if (settings.Http != None) await StartHttpAsync(cancel).ConfigureAwait(false);
    }

    /// <summary>Reads the configuration file again, as <see cref="ConfigurationReloader"/> says. Before the node is up there is nothing to be changed.</summary>
    public async Task ReloadAsync()
    {
        if (_reloader is { } reloader) await reloader.ReloadAsync().ConfigureAwait(false);
    }

    /// <summary>Several gateways may run on one host: what nobody asked for, and cannot be had, is no reason not to run.</summary>
    private void StartVici(ConcentratorNode node)
    {
        SaDescription sas = new(TimeProvider.System);
        ViciEvents events = new(node, sas);
        try
        {
            string path = settings.Vici ?? DefaultVici;
            _vici = ViciServer.Start(path, new ViciCommands(node, sas, TimeProvider.System), events);
            viciLog.Events = events;
            Listens(_log, "vici", path, null);
        }
        catch (ViciException refused) when (settings.Vici is null)
        {
            Absent(_log, "vici", refused.Message, null);
        }
    }

    private async Task StartHttpAsync(CancellationToken cancel)
    {
        try
        {
            if (!IPEndPoint.TryParse(settings.Http ?? DefaultHttp, out IPEndPoint? endpoint)) throw new HttpException($"http: '{settings.Http}' is no address with a port");
            _http = await HttpEndpoint.StartAsync(endpoint, logging, cancel).ConfigureAwait(false);
            Listens(_log, "http", _http.Address, null);
        }
        catch (HttpException refused) when (settings.Http is null)
        {
            Absent(_log, "http", refused.Message, null);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _http?.Retire();
        viciLog.Events = null;
        if (_vici is not null) await _vici.DisposeAsync().ConfigureAwait(false);
        // The web server stays to the end: probes and scrapes see that the node is going.
        if (_node is not null) await _node.DisposeAsync().ConfigureAwait(false);
        if (_http is not null) await _http.DisposeAsync().ConfigureAwait(false);
        _meter.Dispose();
        _reloader?.Dispose();
        (_node?.Configuration ?? config).DisposeSecrets();
    }
}
