using Concentrator.Actors.Node;
using Concentrator.Http;
using Concentrator.Ike.Configuration;
using Concentrator.Ladders;
using Concentrator.Logs;
using Concentrator.Telemetry;
using Concentrator.Vici;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;

namespace Concentrator.Hosting;

/// <summary>
/// A node with what operators see and touch of it: control socket, web server, meters. Owned by the command that runs it. Stops in order: first
/// nobody can ask any more, then the node closes its IKE SAs, then keys are zeroed.
/// </summary>
/// <param name="options">Sockets, kernel, bounds.</param>
/// <param name="config">What <paramref name="configPath"/> says; its secrets are the gateway's from now on.</param>
/// <param name="configPath">Read again when asked to.</param>
/// <param name="settings">Where to listen for operators.</param>
/// <param name="readSettings">Reads them again, and adds what is wrong with them.</param>
/// <param name="ladders">What operators see of single IKE SAs.</param>
/// <param name="levels">How much is logged; clients may change it.</param>
/// <param name="viciLog">Gets lines of the log to clients.</param>
/// <param name="logging">Stays the caller's.</param>
internal sealed class Gateway(
    NodeOptions options, GatewayConfig config, string configPath, NodeSettings settings, Func<List<string>, NodeSettings?> readSettings, LadderRecorder ladders, LogLevels levels, ViciLog viciLog, ILoggerFactory logging) : IAsyncDisposable
{
    private const string DefaultVici = "/run/concentrator/vici.sock";
    private const string DefaultHttp = "127.0.0.1:9180";
    private const string DefaultTokenFile = "/run/concentrator/http.token";
    private const string None = "none";

    private static readonly Action<ILogger, string, string, Exception?> Listens =
        LoggerMessage.Define<string, string>(LogLevel.Information, new EventId(800), "{Service} listens on {Where}");

    private static readonly Action<ILogger, string, string, Exception?> Absent =
        LoggerMessage.Define<string, string>(LogLevel.Warning, new EventId(801), "no {Service}: {Why}");

    private static readonly Action<ILogger, string, Exception?> Pushes =
        LoggerMessage.Define<string>(LogLevel.Information, new EventId(807), "meters and spans go to {Collector}");

    private static readonly TimeSpan OtlpPeriod = TimeSpan.FromSeconds(15);

    private readonly ILogger _log = logging.CreateLogger("CFG");
    private readonly GatewayMeter _meter = new();
    private readonly ViciCounters _counters = new();
    private readonly RateHistory _rates = new(TimeProvider.System);
    private readonly RefusalFeed _refusals = new();
    private readonly AuditTrail _audit = new(logging);
    private readonly ExchangeTracer _tracer = new();
    private OtlpPush? _otlp;
    private ServiceWatch? _service;
    private WiresharkTables? _keys;
    private ConcentratorNode? _node;
    private ViciServer? _vici;
    private HttpEndpoint? _http;
    private ConfigurationReloader? _reloader;

    /// <inheritdoc cref="ConcentratorNode.WhenCutOff"/>
    public Task WhenCutOff => _node?.WhenCutOff ?? Task.CompletedTask;

    /// <exception cref="IOException">The folder for the keys cannot be had.</exception>
    /// <exception cref="NodeStartException">The kernel, a port or a secret cannot be had.</exception>
    /// <exception cref="ViciException">The control socket that was asked for cannot be had.</exception>
    /// <exception cref="HttpException">The web server cannot listen where it was asked to.</exception>
    public async Task StartAsync(CancellationToken cancel)
    {
        // What must not be open to others is known before there is anything to see.
        HttpOptions? http = settings.Http == None ? null : ReadHttp();
        if (settings.Otlp is { } collector) _otlp = OpenOtlp(collector);
        MeterProvider? meters = http is null ? null : HttpEndpoint.OpenMeters();
        NodeOptions keyed = settings.SaveKeys is { } folder ? options with { KeyLog = OpenKeyTables(folder) } : options;
        NodeObservers observers = new(_meter, _counters, _audit, _tracer, ladders, _rates, _refusals);
        _node = await ConcentratorNode.StartAsync(keyed, config, logging, backend: null, observers, cancel).ConfigureAwait(false);
        _meter.Attach(_node);
        _audit.Attach(_node);
        _audit.ConfigurationLoaded(configPath, config);
        ladders.Attach(_node);
        _reloader = new ConfigurationReloader(_node, configPath, _log);
        if (settings.Vici != None) StartVici(_node);
        if (http is not null) await StartHttpAsync(_node, http, meters, cancel).ConfigureAwait(false);
        _service = new ServiceWatch(_node);
    }

    /// <summary>Reads the configuration file again, as <see cref="ConfigurationReloader"/> says. Before the node is up there is nothing to be changed.</summary>
    public async Task ReloadAsync()
    {
        if (_reloader is { } reloader) await reloader.ReloadAsync().ConfigureAwait(false);
    }

    private OtlpPush OpenOtlp(string collector)
    {
        Uri url = OtlpPush.Parse(collector) ?? throw new HttpException($"otlp: '{collector}' is no address of a collector: http://host:4318, or grpc://host:4317");
        Pushes(_log, url.ToString(), null);
        return new OtlpPush(url, OtlpPeriod);
    }

    private async Task<IReadOnlyList<string>> ReloadFileAsync() => [.. (await _reloader!.ReloadAsync().ConfigureAwait(false)).Select(mistake => mistake.ToString())];

    /// <summary>As <see cref="SettingsReloader"/> says.</summary>
    private IReadOnlyList<string> ReloadSettings() => new SettingsReloader(readSettings, settings, levels, _log).Reload();

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
            _vici = ViciServer.Start(path, new ViciCommands(node, sas, _counters, new ViciProgram(levels, ReloadSettings, ReloadFileAsync), TimeProvider.System), events);
            viciLog.Events = events;
            Listens(_log, "vici", path, null);
        }
        catch (ViciException refused) when (settings.Vici is null)
        {
            Absent(_log, "vici", refused.Message, null);
        }
    }

    private async Task StartHttpAsync(ConcentratorNode node, HttpOptions http, MeterProvider? meters, CancellationToken cancel)
    {
        try
        {
            _http = await HttpEndpoint.StartAsync(http, new GatewayView(node, ladders, _rates, _refusals), logging, cancel, meters).ConfigureAwait(false);
            Listens(_log, "http", _http.Address, null);
        }
        catch (HttpException refused) when (settings.Http is null)
        {
            Absent(_log, "http", refused.Message, null);
        }
    }

    private HttpOptions ReadHttp()
    {
        HttpOptions http = new(HttpOptions.ParseEndpoint(settings.Http ?? DefaultHttp)) { Certificate = HttpCertificate.Load(settings.HttpCert, settings.HttpKey) };
        // Beyond loopback a token is what was asked for, not what happens to lie there.
        if (http.IsLocal || settings.HttpTokenFile is not null) http = http with { Token = LoadToken() };
        http.Check();
        return http;
    }

    /// <summary>Null: nobody asked for it, it cannot be had, and on loopback there is much to see without.</summary>
    private HttpToken? LoadToken()
    {
        string path = settings.HttpTokenFile ?? DefaultTokenFile;
        try
        {
            if (settings.HttpTokenFile is null) Directory.CreateDirectory(Path.GetDirectoryName(path)!, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            return HttpToken.Load(path);
        }
        catch (Exception refused) when (settings.HttpTokenFile is null && refused is NodeStartException or IOException or UnauthorizedAccessException)
        {
            Absent(_log, "actions over http", refused.Message, null);
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _http?.Retire();
        if (_service is not null) await _service.DisposeAsync().ConfigureAwait(false);
        viciLog.Events = null;
        if (_vici is not null) await _vici.DisposeAsync().ConfigureAwait(false);
        // The web server stays to the end: probes and scrapes see that the node is going.
        if (_node is not null) await _node.DisposeAsync().ConfigureAwait(false);
        if (_http is not null) await _http.DisposeAsync().ConfigureAwait(false);
        if (_keys is not null) await _keys.DisposeAsync().ConfigureAwait(false);
        _otlp?.Dispose();
        _tracer.Dispose();
        _meter.Dispose();
        _reloader?.Dispose();
        (_node?.Configuration ?? config).DisposeSecrets();
    }
}
