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

    public Option<string> NodeName { get; } = new("--node-name") { Description = "This node's name in its cluster, and in its certificate; the host's unless given.", HelpName = "NAME" };

    public Option<string> ClusterAddress { get; } = new("--cluster-address") { Description = "Where the other nodes reach this one (TCP), IPv6 in brackets; on loopback, and alone, unless given.", HelpName = "HOST[:PORT]" };

    public Option<string[]> Seed { get; } = new("--seed") { Description = "Nodes of the cluster to join; the same list, in the same order, on each of them. The first forms the cluster.", HelpName = "HOST:PORT", AllowMultipleArgumentsPerToken = true };

    public Option<string> ClusterDns { get; } = new("--cluster-dns") { Description = "A name whose A or AAAA records, those of the cluster address's family, are the nodes of the cluster, such as a headless service; instead of seeds.", HelpName = "NAME[:PORT]" };

    public Option<int?> ClusterQuorum { get; } = new("--cluster-quorum") { Description = "How many nodes must be there before a new cluster is formed; a majority of those known unless given.", HelpName = "N" };

    public Option<string[]> ServiceAddress { get; } = new("--service-address") { Description = "Addresses that the cluster serves, each on one of its nodes at a time; the same on every node.", HelpName = "ADDR/PREFIX%DEV", AllowMultipleArgumentsPerToken = true };

    public Option<bool> DrainOnStop { get; } = new("--drain-on-stop") { Description = "When it is stopped, hand over what this node has to the others, instead of closing it; where there are none, leave it as it is stored." };

    public Option<double?> DrainTimeout { get; } = new("--drain-timeout") { Description = "Seconds that it may take; 30 unless given.", HelpName = "S" };

    public Option<string> RedirectNewcomers { get; } = new("--redirect-newcomers") { Description = "Send new clients that follow (RFC 5685) to this gateway; balance: to the node of the cluster that has the fewest IKE_SAs.", HelpName = "ADDR" };

    public Option<string> ClusterCert { get; } = new("--cluster-cert") { Description = "This node's certificate for mutual TLS between nodes (PEM).", HelpName = "FILE" };

    public Option<string> ClusterKey { get; } = new("--cluster-key") { Description = "Its private key (PEM), which only its owner may read.", HelpName = "FILE" };

    public Option<string> ClusterCa { get; } = new("--cluster-ca") { Description = "The authority whose nodes are let in (PEM).", HelpName = "FILE" };

    public Option<string> Store { get; } = new("--store") { Description = "Where IKE_SAs are kept beyond the life of this process: none, sqlite:PATH, or postgres:CONNECTIONSTRING for the nodes of a cluster. With --store-key a SQLite file in the state folder unless given, else none.", HelpName = "STORE" };

    public Option<string> StoreKey { get; } = new("--store-key") { Description = "The keys under which they are kept (concentrator cluster init-key makes one): a line each, the last one writes, all read.", HelpName = "PATH" };

    public Option<string> Log { get; } = new("--log") { Description = "How much each subsystem logs, on strongSwan's scale from -1 to 4: 2, or knl=2,ike=-1; 1 unless given.", HelpName = "LEVELS" };

    public Option<string> LogFormat { get; } = new("--log-format") { Description = "console, json (one object a line) or journal (systemd's, with fields); console unless given." };

    public Option<string> AuditLog { get; } = new("--audit-log") { Description = "A file, its owner's alone, that gets the audit as JSON lines as well.", HelpName = "FILE" };

    public Option<string> SaveKeys { get; } = new("--save-keys") { Description = "DANGEROUS: writes the keys of all SAs into Wireshark's tables in this folder.", HelpName = "FOLDER" };

    public Option<string> Vici { get; } = new("--vici") { Description = "The control socket that swanctl speaks to; /run/concentrator/vici.sock unless given, none: without.", HelpName = "PATH" };

    public Option<string> Http { get; } = new("--http") { Description = "Where the dashboard, /metrics, /healthz and /readyz are served; 127.0.0.1:9180 unless given, none: without. Another address than loopback takes TLS and a token.", HelpName = "ADDR:PORT" };

    public Option<string> HttpCert { get; } = new("--http-cert") { Description = "The web server's certificate, and those up to its authority, in PEM.", HelpName = "PATH" };

    public Option<string> HttpKey { get; } = new("--http-key") { Description = "The private key of --http-cert, in PEM.", HelpName = "PATH" };

    public Option<string> HttpTokenFile { get; } = new("--http-token-file") { Description = "The token that actions take, and beyond loopback everything; made when there is none. /run/concentrator/http.token unless given.", HelpName = "PATH" };

    public Option<int?> Ladders { get; } = new("--ladders") { Description = "Of how many IKE SAs, the newest, the dashboard and concentrator trace can show the last messages and kernel calls; 512 unless given, 0: none.", HelpName = "N" };

    public Option<string> Otlp { get; } = new("--otlp") { Description = "A collector that gets meters and spans: http://host:4318, or grpc://host:4317. None unless given.", HelpName = "URL" };

    public ServeOptions()
    {
        Kernel.AcceptOnlyFromAmong("auto", "netlink", "userspace", "memory");
        LogFormat.AcceptOnlyFromAmong("console", "json", "journal");
    }

    public void AddTo(Command command)
    {
        Option[] all = [Config, Kernel, ReconcilePeriod, Listen, Port, NatPort, RetransmitTimeout, RetransmitTries, KeepAlive, CookieThreshold, QcdSecretFile,
            NodeName, ClusterAddress, Seed, ClusterDns, ClusterQuorum, ServiceAddress, DrainOnStop, DrainTimeout, RedirectNewcomers, ClusterCert, ClusterKey, ClusterCa, Store, StoreKey, Log, LogFormat, AuditLog, SaveKeys, Vici, Http, HttpCert, HttpKey, HttpTokenFile, Ladders, Otlp];
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
        NodeName = parsed.GetValue(NodeName),
        ClusterAddress = parsed.GetValue(ClusterAddress),
        Seed = parsed.GetValue(Seed),
        ClusterDns = parsed.GetValue(ClusterDns),
        ClusterQuorum = parsed.GetValue(ClusterQuorum),
        ServiceAddress = parsed.GetValue(ServiceAddress),
        DrainOnStop = parsed.GetValue(DrainOnStop) ? true : null,
        DrainTimeout = parsed.GetValue(DrainTimeout),
        RedirectNewcomers = parsed.GetValue(RedirectNewcomers),
        ClusterCert = parsed.GetValue(ClusterCert),
        ClusterKey = parsed.GetValue(ClusterKey),
        ClusterCa = parsed.GetValue(ClusterCa),
        Store = parsed.GetValue(Store),
        StoreKey = parsed.GetValue(StoreKey),
        Log = parsed.GetValue(Log),
        LogFormat = parsed.GetValue(LogFormat),
        AuditLog = parsed.GetValue(AuditLog),
        SaveKeys = parsed.GetValue(SaveKeys),
        Vici = parsed.GetValue(Vici),
        Http = parsed.GetValue(Http),
        Otlp = parsed.GetValue(Otlp),
        HttpCert = parsed.GetValue(HttpCert),
        HttpKey = parsed.GetValue(HttpKey),
        HttpTokenFile = parsed.GetValue(HttpTokenFile),
        Ladders = parsed.GetValue(Ladders),
    };
}
