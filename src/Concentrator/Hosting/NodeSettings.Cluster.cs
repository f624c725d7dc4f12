using System.Net;
using Concentrator.Actors.Clustering;
using Concentrator.Ike.Wire;
using Address = Concentrator.Kernel.ServiceAddress;

namespace Concentrator.Hosting;

internal sealed partial record NodeSettings
{
    private const string Balance = "balance";

    /// <summary>What the settings say about the cluster; every fault adds one line to <paramref name="errors"/>.</summary>
    private ClusterNodeOptions ToClusterOptions(List<string> errors)
    {
        int faults = errors.Count;
        ClusterNodeOptions defaults = new();
        DnsEndPoint own = ClusterAddress is null ? new DnsEndPoint(defaults.Host, defaults.Port) : EndPoint(ClusterAddress, "cluster address", needsPort: false, errors);
        ClusterNodeOptions options = defaults with
        {
            Name = NodeName ?? defaults.Name,
            Host = own.Host,
            Port = (ushort)own.Port,
            Seeds = [.. (Seed ?? []).Select(seed => EndPoint(seed, "seed", needsPort: true, errors))],
            Dns = ClusterDns is null ? null : EndPoint(ClusterDns, "cluster dns", needsPort: false, errors),
            Quorum = ClusterQuorum,
            Tls = TlsFiles(errors),
        };
        if (errors.Count == faults && options.Fault() is { } fault) errors.Add(fault);
        return options;
    }

    private List<Address> ServiceAddresses(List<string> errors)
    {
        List<Address> addresses = [];
        foreach (string text in ServiceAddress ?? [])
        {
            if (Address.TryParse(text, out Address? address)) addresses.Add(address);
            else errors.Add($"service address: '{text}' is not ADDR/PREFIX%DEV, such as 192.0.2.10/24%eth0");
        }

        if (addresses.DistinctBy(one => one.Address).Count() < addresses.Count) errors.Add("service address: one is there twice");
        return addresses;
    }

    /// <summary>Null: newcomers stay, or go where there are fewer.</summary>
    private GatewayIdentity? ToRedirection(List<string> errors)
    {
        if (RedirectNewcomers is null or Balance)
        {
            if (RedirectNewcomers == Balance && ServiceAddress is not { Length: > 1 }) errors.Add("redirect newcomers: to balance takes several service addresses");
            return null;
        }

        if (GatewayIdentity.Parse(RedirectNewcomers) is { } gateway) return gateway;
        errors.Add($"redirect newcomers: '{RedirectNewcomers}' is neither an address, nor a host's name, nor balance");
        return null;
    }

    private ClusterTlsFiles? TlsFiles(List<string> errors)
    {
        if (ClusterCert is null && ClusterKey is null && ClusterCa is null) return null;
        if (ClusterCert is not null && ClusterKey is not null && ClusterCa is not null) return new ClusterTlsFiles(ClusterCert, ClusterKey, ClusterCa);
        errors.Add("cluster certificate, key and authority: all three of --cluster-cert, --cluster-key and --cluster-ca, or none");
        return null;
    }

    /// <summary><c>name:4700</c>, <c>192.0.2.1:4700</c>, <c>[2001:db8::1]:4700</c>, brackets around IPv4 too, or without a port where that is allowed: 0.</summary>
    private static DnsEndPoint EndPoint(string text, string setting, bool needsPort, List<string> errors)
    {
        if (IPAddress.TryParse(text.Trim('[', ']'), out IPAddress? bare) && !needsPort) return new DnsEndPoint(bare.ToString(), 0);
        int colon = text.LastIndexOf(':');
        bool hasPort = colon > 0 && !text.EndsWith(']');
        string host = hasPort ? text[..colon] : text;
        host = host is ['[', .. string address, ']'] ? address : host.Contains(':') ? "" : host;
        ushort port = 0;
        bool isGood = host.Length > 0 && Uri.CheckHostName(host) != UriHostNameType.Unknown && (!hasPort || ushort.TryParse(text[(colon + 1)..], out port)) && (port > 0 || !needsPort);
        if (isGood) return new DnsEndPoint(host, port);
        errors.Add($"{setting}: '{text}' is not {(needsPort ? "HOST:PORT" : "HOST or HOST:PORT")}");
        return new DnsEndPoint("localhost", 0);
    }
}
