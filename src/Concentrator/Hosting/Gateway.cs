using System.Net;
using Concentrator.Actors.Node;
using Concentrator.Http;
using Concentrator.Ike.Configuration;
using Concentrator.Ladders;
using Concentrator.Logs;
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
/// <param name="ladders">What operators see of single IKE SAs.</param>
/// <param name="levels">How much is logged; clients may change it.</param>
/// <param name="viciLog">Gets lines of the log to clients.</param>
/// <param name="logging">Stays the caller's.</param>
internal sealed class Gateway(
    NodeOptions options, GatewayConfig config, string configPath, NodeSettings settings, LadderRecorder ladders, LogLevels levels, ViciLog viciLog, ILoggerFactory logging) : IAsyncDisposable
{
    private const string DefaultVici = "/run/concentrator/vici.sock";
    private const string DefaultHttp = "127.0.0.1:9180";
    private const string DefaultTokenFile = "/run/concentrator/http.token";
    private const string None = "none";

    private static readonly Action<ILogger, string, string, Exception?> Listens =
        LoggerMessage.Define<string, string>(LogLevel.Information, new EventId(800), "{Service} listens on {Where}");

    private static readonly Action<ILogger, string, string, Exception?> Absent =
        LoggerMessage.Define<string, string>(LogLevel.Warning, new EventId(801), "no {Service}: {Why}");

    private readonly ILogger _log = logging.CreateLogger("CFG");
    private readonly GatewayMeter _meter = new();
    private readonly RateHistory _rates = new(TimeProvider.System);
    private readonly RefusalFeed _refusals = new();
    private readonly AuditTrail _audit = new(logging);
    private WiresharkTables? _keys;
    private ConcentratorNode? _node;
    private ViciServer? _vici;
    private HttpEndpoint? _http;
    private ConfigurationReloader? _reloader;

    /// <inheritdoc cref="ConcentratorNode.WhenCutOff"/>
    public Task WhenCutOff => _node?.WhenCutOff ?? Task.CompletedTask;

    /// <exception cref="IOException">The folder for the keys cannot be had.</exception>
    /// <exception cref="NodeStartException">The kernel or a port cannot be had.</exception>
    /// <exception cref="ViciException">The control socket that was asked for cannot be had.</exception>
    /// <exception cref="HttpException">The web server cannot listen where it was asked to.</exception>
    public async Task StartAsync(CancellationToken cancel)
    {
        NodeOptions keyed = settings.SaveKeys is { } folder ? options with { KeyLog = OpenKeyTables(folder) } : options;
        NodeObservers observers = new(_meter, _audit, ladders, _rates, _refusals);
        _node = await ConcentratorNode.StartAsync(keyed, config, logging, backend: null, observers, cancel).ConfigureAwait(false);
        _meter.Attach(_node);
        _audit.Attach(_node);
        _audit.ConfigurationLoaded(configPath, config);
        ladders.Attach(_node);
        _reloader = new ConfigurationReloader(_node, configPath, _log);
        if (settings.Vici != None) StartVici(_node);
        if (settings.Http != None) await StartHttpAsync(_node, cancel).ConfigureAwait(false);
    }

    /// <summary>Reads the configuration file again, as <see cref="ConfigurationReloader"/> says. Before the node is up there is nothing to be changed.</summary>
    public async Task ReloadAsync()
    {
        if (_reloader is { } reloader) await reloader.ReloadAsync().ConfigureAwait(false);
    }

    private WiresharkTables OpenKeyTables(string folder)
    {
        _keys = WiresharkTables.Open(folder);
        logging.CreateLogger(LogLevels.AuditTag).KeysAreSaved(Path.GetFullPath(folder));
        return _keys;
    }

    /// <summary>Several gateways may run on one host: what nobody asked for, and cannot be had, is no reason not to run.</summary>
    private void StartVici(ConcentratorNode node)
    {
        SaDescription sas = new(TimeProvider.System);
        ViciEvents events = new(node, sas);
        try
        {
            string path = settings.Vici ?? DefaultVici;
            _vici = ViciServer.Start(path, new ViciCommands(node, sas, TimeProvider.System, levels), events);
            viciLog.Events = events;
            Listens(_log, "vici", path, null);
        }
        catch (ViciException refused) when (settings.Vici is null)
        {
            Absent(_log, "vici", refused.Message, null);
        }
    }

    private async Task StartHttpAsync(ConcentratorNode node, CancellationToken cancel)
    {
        try
        {
            HttpOptions options = new(HttpOptions.ParseEndpoint(settings.Http ?? DefaultHttp)) { CertificateFile = settings.HttpCert, KeyFile = settings.HttpKey };
            options = options with { Token = LoadToken(options.IsLocal) };
            _http = await HttpEndpoint.StartAsync(options, new GatewayView(node, ladders, _rates, _refusals), logging, cancel).ConfigureAwait(false);
            Listens(_log, "http", _http.Address, null);
        }
        catch (HttpException refused) when (settings.Http is null)
        {
            Absent(_log, "http", refused.Message, null);
        }
    }

    /// <summary>Null: nobody asked for it, it cannot be had, and on loopback there is much to see without.</summary>
    private HttpToken? LoadToken(bool isLocal)
    {
        string path = settings.HttpTokenFile ?? DefaultTokenFile;
        try
        {
            return HttpToken.Load(path);
        }
        catch (NodeStartException refused) when (settings.HttpTokenFile is null && isLocal)
        {
            Absent(_log, "actions over http", refused.Message, null);
            return null;
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
        if (_keys is not null) await _keys.DisposeAsync().ConfigureAwait(false);
        _meter.Dispose();
        _reloader?.Dispose();
        (_node?.Configuration ?? config).DisposeSecrets();
    }
}
