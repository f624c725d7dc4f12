using System.ComponentModel;
using System.Net;
using Concentrator.Actors.Node;
using Concentrator.Ike.Session;
using Concentrator.Kernel;
using Concentrator.Ladders;
using Concentrator.Logs;
using Microsoft.Extensions.Configuration;

namespace Concentrator.Hosting;

/// <summary>
/// A node's settings as people write them: the section <c>Concentrator</c> of appsettings.json, then environment variables
/// (<c>CONCENTRATOR__PORT=1500</c>), then command-line flags; the later wins. Null is the default. Times are in seconds.
/// </summary>
internal sealed partial record NodeSettings
{
    private const string Section = "Concentrator";

    public string[]? Listen { get; set; }

    public int? Port { get; set; }

    public int? NatPort { get; set; }

    [Description("The port that peers listen on for NAT traversal; 4500 unless given.")]
    public int? RemoteNatPort { get; set; }

    public string? Kernel { get; set; }

    /// <summary><c>own</c> or <c>kernel</c>.</summary>
    [Description("`own`: Concentrator draws SPIs from its own range; `kernel`: the kernel reserves each, for hosts that another IKE daemon shares. `own` unless given.")]
    public string? SpiAllocation { get; set; }

    public double? ReconcilePeriod { get; set; }

    public double? RetransmitTimeout { get; set; }

    [Description("How much longer each wait for a response is than the last; 1.8 unless given.")]
    public double? RetransmitBase { get; set; }

    public int? RetransmitTries { get; set; }

    [Description("Seconds until an IKE_SA that nobody has authenticated is given up; 30 unless given.")]
    public double? HalfOpenTimeout { get; set; }

    /// <summary>0: no keepalives.</summary>
    public double? KeepAlive { get; set; }

    [Description("Whether a peer's new address has to answer before traffic goes there (RFC 4555 §3.7); true unless given.")]
    public bool? ReturnRoutability { get; set; }

    public int? CookieThreshold { get; set; }

    [Description("Half-open IKE_SAs of one address from which cookies are demanded of it; 0 unless given: never.")]
    public int? CookieThresholdIp { get; set; }

    [Description("Half-open IKE_SAs of one address from which its requests are dropped; 1000 unless given, 0: never.")]
    public int? BlockThreshold { get; set; }

    [Description("Half-open IKE_SAs from which requests are dropped, whoever sends them; 0 unless given: never.")]
    public int? InitLimitHalfOpen { get; set; }

    [Description("How many CHILD_SAs an IKE_SA may have; 256 unless given.")]
    public int? ChildLimit { get; set; }

    /// <summary>A file; see <see cref="NodeOptions.QcdSecretFile"/>.</summary>
    public string? QcdSecretFile { get; set; }

    public string? NodeName { get; set; }

    /// <summary>HOST or HOST:PORT.</summary>
    public string? ClusterAddress { get; set; }

    /// <summary>Each HOST:PORT.</summary>
    public string[]? Seed { get; set; }

    /// <summary>NAME or NAME:PORT.</summary>
    public string? ClusterDns { get; set; }

    public int? ClusterQuorum { get; set; }

    /// <summary>Each ADDR/PREFIX%DEV.</summary>
    public string[]? ServiceAddress { get; set; }

    /// <summary>SIGTERM hands over what the node has, instead of closing it.</summary>
    public bool? DrainOnStop { get; set; }

    /// <summary>How long that may take.</summary>
    public double? DrainTimeout { get; set; }

    /// <summary>Where new clients that follow are sent (RFC 5685): a gateway's address or name, or <c>balance</c>: to the node that has the fewest IKE SAs.</summary>
    public string? RedirectNewcomers { get; set; }

    /// <summary>Three PEM files.</summary>
    public string? ClusterCert { get; set; }

    public string? ClusterKey { get; set; }

    public string? ClusterCa { get; set; }

    /// <summary>Where sessions are stored: <c>none</c>, <c>sqlite:PATH</c> or <c>postgres:CONNECTIONSTRING</c>.</summary>
    public string? Store { get; set; }

    /// <summary>A file of keys for them; see <see cref="Actors.Store.StoreOptions"/>.</summary>
    public string? StoreKey { get; set; }

    /// <summary>The keys themselves, for the environment.</summary>
    [Description("The keys of `--store-key` themselves instead of a file, for the environment.")]
    public string? StoreKeys { get; set; }

    /// <summary>See <see cref="LogLevels.TryChange"/>.</summary>
    public string? Log { get; set; }

    [Description("Seconds until an updown script is ended; 10 unless given.")]
    public double? UpdownTimeout { get; set; }

    /// <summary><c>console</c>, <c>json</c> or <c>journal</c>.</summary>
    public string? LogFormat { get; set; }

    public string? AuditLog { get; set; }

    /// <summary>A folder; see <see cref="WiresharkTables"/>.</summary>
    public string? SaveKeys { get; set; }

    /// <summary>Path of the control socket; <c>none</c>: without.</summary>
    public string? Vici { get; set; }

    /// <summary>A collector; see <see cref="Telemetry.OtlpPush"/>. Null: nothing is pushed.</summary>
    public string? Otlp { get; set; }

    /// <summary>Address and port of the web server; <c>none</c>: without.</summary>
    public string? Http { get; set; }

    /// <summary>PEM; with <see cref="HttpKey"/>, and needed beyond loopback.</summary>
    public string? HttpCert { get; set; }

    public string? HttpKey { get; set; }

    /// <summary>A file; made with a new token when there is none.</summary>
    public string? HttpTokenFile { get; set; }

    /// <summary>How many IKE SAs' ladders are kept; 0: none.</summary>
    public int? Ladders { get; set; }

    /// <summary>How many steps of each.</summary>
    [Description("How many steps of each ladder are kept; 64 unless given.")]
    public int? LadderSteps { get; set; }

    /// <summary>Reads file and environment.</summary>
    /// <exception cref="InvalidOperationException">A key is not known or a value is not of its type; the message names it.</exception>
    /// <exception cref="InvalidDataException">The file is not JSON.</exception>
    public static NodeSettings Read(string folder)
    {
        IConfigurationRoot configuration = new ConfigurationBuilder()
            .AddJsonFile(Path.Combine(folder, "appsettings.json"), optional: true)
            .AddEnvironmentVariables()
            .Build();
        return configuration.GetSection(Section).Get<NodeSettings>(binder => binder.ErrorOnUnknownConfiguration = true) ?? new NodeSettings();
    }

    /// <summary>What <paramref name="over"/> says, and where it is silent what this says.</summary>
    public NodeSettings With(NodeSettings over) => new()
    {
        Listen = over.Listen is { Length: > 0 } ? over.Listen : Listen,
        Port = over.Port ?? Port,
        NatPort = over.NatPort ?? NatPort,
        RemoteNatPort = over.RemoteNatPort ?? RemoteNatPort,
        Kernel = over.Kernel ?? Kernel,
        SpiAllocation = over.SpiAllocation ?? SpiAllocation,
        ReconcilePeriod = over.ReconcilePeriod ?? ReconcilePeriod,
        RetransmitTimeout = over.RetransmitTimeout ?? RetransmitTimeout,
        RetransmitBase = over.RetransmitBase ?? RetransmitBase,
        RetransmitTries = over.RetransmitTries ?? RetransmitTries,
        HalfOpenTimeout = over.HalfOpenTimeout ?? HalfOpenTimeout,
        KeepAlive = over.KeepAlive ?? KeepAlive,
        ReturnRoutability = over.ReturnRoutability ?? ReturnRoutability,
        CookieThreshold = over.CookieThreshold ?? CookieThreshold,
        CookieThresholdIp = over.CookieThresholdIp ?? CookieThresholdIp,
        BlockThreshold = over.BlockThreshold ?? BlockThreshold,
        InitLimitHalfOpen = over.InitLimitHalfOpen ?? InitLimitHalfOpen,
        ChildLimit = over.ChildLimit ?? ChildLimit,
        QcdSecretFile = over.QcdSecretFile ?? QcdSecretFile,
        NodeName = over.NodeName ?? NodeName,
        ClusterAddress = over.ClusterAddress ?? ClusterAddress,
        Seed = over.Seed is { Length: > 0 } ? over.Seed : Seed,
        ClusterDns = over.ClusterDns ?? ClusterDns,
        ClusterQuorum = over.ClusterQuorum ?? ClusterQuorum,
        DrainOnStop = over.DrainOnStop ?? DrainOnStop,
        DrainTimeout = over.DrainTimeout ?? DrainTimeout,
        RedirectNewcomers = over.RedirectNewcomers ?? RedirectNewcomers,
        ServiceAddress = over.ServiceAddress is { Length: > 0 } ? over.ServiceAddress : ServiceAddress,
        ClusterCert = over.ClusterCert ?? ClusterCert,
        ClusterKey = over.ClusterKey ?? ClusterKey,
        ClusterCa = over.ClusterCa ?? ClusterCa,
        Store = over.Store ?? Store,
        StoreKey = over.StoreKey ?? StoreKey,
        StoreKeys = over.StoreKeys ?? StoreKeys,
        Log = over.Log ?? Log,
        UpdownTimeout = over.UpdownTimeout ?? UpdownTimeout,
        LogFormat = over.LogFormat ?? LogFormat,
        AuditLog = over.AuditLog ?? AuditLog,
        SaveKeys = over.SaveKeys ?? SaveKeys,
        Vici = over.Vici ?? Vici,
        Http = over.Http ?? Http,
        Otlp = over.Otlp ?? Otlp,
        HttpCert = over.HttpCert ?? HttpCert,
        HttpKey = over.HttpKey ?? HttpKey,
        HttpTokenFile = over.HttpTokenFile ?? HttpTokenFile,
        Ladders = over.Ladders ?? Ladders,
        LadderSteps = over.LadderSteps ?? LadderSteps,
    };

    /// <summary>The checked options; every fault adds one line to <paramref name="errors"/>.</summary>
    public NodeOptions ToOptions(List<string> errors)
    {
        NodeOptions defaults = new();
        RetransmitPolicy retransmit = defaults.Retransmit;
        return defaults with
        {
            ListenAddresses = Listen is { Length: > 0 } ? Addresses(Listen, errors) : defaults.ListenAddresses,
            Port = PortOf(Port, nameof(Port), defaults.Port, errors),
            NatPort = PortOf(NatPort, nameof(NatPort), defaults.NatPort, errors),
            RemoteNatPort = PortOf(RemoteNatPort, nameof(RemoteNatPort), defaults.RemoteNatPort, errors),
            Cluster = ToClusterOptions(errors),
            ServiceAddresses = ServiceAddresses(errors),
            DrainOnStop = DrainOnStop ?? defaults.DrainOnStop,
            DrainPatience = Seconds(DrainTimeout, nameof(DrainTimeout), defaults.DrainPatience, errors),
            RedirectNewcomers = ToRedirection(errors),
            BalancesNewcomers = RedirectNewcomers == Balance,
            Kernel = Choice(Kernel, errors),
            KernelAllocatesSpis = IsKernelAllocation(errors),
            ReconcilePeriod = Seconds(ReconcilePeriod, nameof(ReconcilePeriod), defaults.ReconcilePeriod, errors),
            Retransmit = new RetransmitPolicy(
                Seconds(RetransmitTimeout, nameof(RetransmitTimeout), retransmit.Timeout, errors),
                AtLeast(RetransmitBase, 1, nameof(RetransmitBase), retransmit.Base, errors),
                (int)AtLeast(RetransmitTries, 0, nameof(RetransmitTries), retransmit.Tries, errors)),
            HalfOpenTimeout = Seconds(HalfOpenTimeout, nameof(HalfOpenTimeout), defaults.HalfOpenTimeout, errors),
            QcdSecretFile = QcdSecretFile,
            Store = StoreSettings.Parse(Store, StoreKey, StoreKeys, errors),
            UpdownTimeout = Seconds(UpdownTimeout, nameof(UpdownTimeout), defaults.UpdownTimeout, errors),
            KeepAlive = TimeSpan.FromSeconds(AtLeast(KeepAlive, 0, nameof(KeepAlive), defaults.KeepAlive.TotalSeconds, errors)),
            ReturnRoutability = ReturnRoutability ?? defaults.ReturnRoutability,
            ChildLimit = (int)AtLeast(ChildLimit, 1, nameof(ChildLimit), defaults.ChildLimit, errors),
            HalfOpen = new HalfOpenLimits
            {
                CookieThreshold = (int)AtLeast(CookieThreshold, 0, nameof(CookieThreshold), defaults.HalfOpen.CookieThreshold, errors),
                CookieThresholdPerAddress =
                    (int)AtLeast(CookieThresholdIp, 0, nameof(CookieThresholdIp), defaults.HalfOpen.CookieThresholdPerAddress, errors),
                BlockThreshold = (int)AtLeast(BlockThreshold, 0, nameof(BlockThreshold), defaults.HalfOpen.BlockThreshold, errors),
                InitLimit = (int)AtLeast(InitLimitHalfOpen, 0, nameof(InitLimitHalfOpen), defaults.HalfOpen.InitLimit, errors),
            },
        };
    }

    /// <summary>What keeps the ladders; every fault adds one line to <paramref name="errors"/>.</summary>
    public LadderRecorder ToRecorder(List<string> errors) => new(
        (int)AtLeast(Ladders, 0, nameof(Ladders), LadderRecorder.DefaultLadders, errors),
        (int)AtLeast(LadderSteps, 1, nameof(LadderSteps), LadderRecorder.DefaultSteps, errors));

    /// <summary>What is logged, how, and where to; every fault adds one line to <paramref name="errors"/>.</summary>
    public LogSettings ToLogSettings(LogLevels levels, List<string> errors)
    {
        if (Log is { } changes && !levels.TryChange(changes, out string? fault)) errors.Add($"log: {fault}");
        if (!Enum.TryParse(LogFormat ?? "console", ignoreCase: true, out LogFormat format) || !Enum.IsDefined(format))
            errors.Add($"log format: '{LogFormat}' is none of console, json, journal");
        return new LogSettings(format, AuditLog);
    }

    private static List<IPAddress> Addresses(string[] listen, List<string> errors)
    {
        List<IPAddress> addresses = [];
        foreach (string text in listen)
        {
            if (IPAddress.TryParse(text, out IPAddress? address)) addresses.Add(address);
            else errors.Add($"listen: '{text}' is not an IP address");
        }

        return addresses;
    }

    private static ushort PortOf(int? port, string name, ushort standard, List<string> errors)
    {
        if (port is null or >= 0 and <= ushort.MaxValue) return (ushort)(port ?? standard);
        errors.Add($"{name}: {port} is not a port (0 to 65535)");
        return standard;
    }

    private static KernelKind Choice(string? kernel, List<string> errors)
    {
        if (kernel is null) return KernelKind.Auto;
        if (Enum.TryParse(kernel, ignoreCase: true, out KernelKind choice) && Enum.IsDefined(choice)) return choice;
        errors.Add($"kernel: '{kernel}' is none of auto, netlink, userspace, memory");
        return KernelKind.Auto;
    }

    private bool IsKernelAllocation(List<string> errors)
    {
        if (SpiAllocation is not (null or "own" or "kernel")) errors.Add($"spi allocation: '{SpiAllocation}' is neither own nor kernel");
        return SpiAllocation == "kernel";
    }

    private static TimeSpan Seconds(double? seconds, string name, TimeSpan standard, List<string> errors)
    {
        if (seconds is null) return standard;
        if (seconds is > 0 and < 86_400) return TimeSpan.FromSeconds(seconds.Value);
        errors.Add($"{name}: {seconds} is not a time in seconds between 0 and a day");
        return standard;
    }

    private static double AtLeast(double? value, double least, string name, double standard, List<string> errors)
    {
        if (value is null || value >= least) return value ?? standard;
        errors.Add($"{name}: {value} is less than {least}");
        return standard;
    }
}
