using System.CommandLine;
using Concentrator.Hosting;

namespace Concentrator.Commands;

/// <summary>The flags of <c>concentrator serve</c>.</summary>
internal sealed class ServeOptions
{
    public Option<FileInfo> Config { get; } = ConfigOption.Create();

    public Option<string> Kernel { get; } = new("--kernel") { Description = "Where IPsec SAs go: netlink (the Linux kernel), userspace (ESP in this program, over a TUN device, in UDP), or memory (nothing is encrypted). auto takes the first that will do." };

    public Option<double?> ReconcilePeriod { get; } = new("--reconcile-period") { Description = "Seconds between two looks at whether the kernel has what it should have; 60 unless given.", HelpName = "S" };

    public Option<string[]> Listen { get; } = new("--listen") { Description = "Addresses to listen on; all of them unless given.", HelpName = "ADDR", AllowMultipleArgumentsPerToken = true };

    public Option<int?> Port { get; } = new("--port") { Description = "The IKE port; 500 unless given.", HelpName = "N" };

    public Option<int?> NatPort { get; } = new("--nat-port") { Description = "The port for NAT traversal; 4500 unless given.", HelpName = "N" };

    public Option<double?> RetransmitTimeout { get; } = new("--retransmit-timeout") { Description = "Seconds until a request is sent again; 4 unless given.", HelpName = "S" };

    public Option<int?> RetransmitTries { get; } = new("--retransmit-tries") { Description = "How often it is sent again; 5 unless given.", HelpName = "N" };

    public Option<double?> KeepAlive { get; } = new("--keep-alive") { Description = "Behind a NAT, seconds of silence until a keepalive is sent; 20 unless given, 0: never.", HelpName = "S" };

    public Option<int?> CookieThreshold { get; } = new("--cookie-threshold") { Description = "Half-open IKE SAs from which cookies are demanded; 30 unless given, 0: never.", HelpName = "N" };

    public Option<string> QcdSecretFile { get; } = new("--qcd-secret-file") { Description = "The secret with which peers are told, after a crash, that their IKE SAs are gone (RFC 6290); made when there is none. Not told unless given.", HelpName = "PATH" };

    public Option<string> Log { get; } = new("--log") { Description = "How much each subsystem logs, on strongSwan's scale from -1 to 4: 2, or knl=2,ike=-1; 1 unless given.", HelpName = "LEVELS" };

    public Option<string> LogFormat { get; } = new("--log-format") { Description = "console, json (one object a line) or journal (systemd's, with fields); console unless given." };

    public Option<string> AuditLog { get; } = new("--audit-log") { Description = "A file, its owner's alone, that gets the audit as JSON lines as well.", HelpName = "FILE" };

    public Option<string> SaveKeys { get; } = new("--save-keys") { Description = "DANGEROUS: writes the keys of all SAs into Wireshark's tables in this folder.", HelpName = "FOLDER" };

    public Option<string> Vici { get; } = new("--vici") { Description = "The control socket that swanctl speaks to; /run/concentrator/vici.sock unless given, none: without.", HelpName = "PATH" };

    public Option<string> Http { get; } = new("--http") { Description = "Where /metrics, /healthz and /readyz are served, on loopback; 127.0.0.1:9180 unless given, none: without.", HelpName = "ADDR:PORT" };

    public ServeOptions()
    {
        Kernel.AcceptOnlyFromAmong("auto", "netlink", "userspace", "memory");
        LogFormat.AcceptOnlyFromAmong("console", "json", "journal");
    }

    public void AddTo(Command command)
    {
        Option[] all = [Config, Kernel, ReconcilePeriod, Listen, Port, NatPort, RetransmitTimeout, RetransmitTries, KeepAlive, CookieThreshold, QcdSecretFile, Log, LogFormat, AuditLog, SaveKeys, Vici, Http];
        foreach (Option option in all) command.Options.Add(option);
    }

    public NodeSettings Read(ParseResult parsed) => new()
    {
        Kernel = parsed.GetValue(Kernel),
        ReconcilePeriod = parsed.GetValue(ReconcilePeriod),
        Listen = parsed.GetValue(Listen),
        Port = parsed.GetValue(Port),
        NatPort = parsed.GetValue(NatPort),
        RetransmitTimeout = parsed.GetValue(RetransmitTimeout),
        RetransmitTries = parsed.GetValue(RetransmitTries),
        KeepAlive = parsed.GetValue(KeepAlive),
        CookieThreshold = parsed.GetValue(CookieThreshold),
        QcdSecretFile = parsed.GetValue(QcdSecretFile),
        Log = parsed.GetValue(Log),
        LogFormat = parsed.GetValue(LogFormat),
        AuditLog = parsed.GetValue(AuditLog),
        SaveKeys = parsed.GetValue(SaveKeys),
        Vici = parsed.GetValue(Vici),
        Http = parsed.GetValue(Http),
    };
}
