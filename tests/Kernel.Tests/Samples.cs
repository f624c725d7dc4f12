using System.Net;

namespace Concentrator.Kernel.Tests;

/// <summary>SAs and policies of a child between 192.0.2.1 (us) and 192.0.2.2.</summary>
internal static class Samples
{
    public static readonly IPAddress Us = IPAddress.Parse("192.0.2.1");
    public static readonly IPAddress Peer = IPAddress.Parse("192.0.2.2");

    public static readonly XfrmSelector Net = new(IPNetwork.Parse("10.1.0.0/24"), IPNetwork.Parse("10.2.0.0/24"));

    public static EspAlgorithms Cbc() => EspAlgorithms.AesCbc(new byte[32], EspAlgorithms.HmacSha256(new byte[32]));

    public static EspAlgorithms Gcm() => EspAlgorithms.AesGcm16(new byte[20]);

    public static SaSpec Sa(XfrmDirection direction, uint spi, uint reqId = 7, EspAlgorithms? algorithms = null) => new()
    {
        Source = direction == XfrmDirection.In ? Peer : Us,
        Destination = direction == XfrmDirection.In ? Us : Peer,
        Spi = spi,
        Mode = XfrmMode.Tunnel,
        Direction = direction,
        ReqId = reqId,
        Algorithms = algorithms ?? Cbc(),
    };

    public static ChildSaSpec Child(string owner, uint inboundSpi, uint outboundSpi = 0x10000001, uint reqId = 7, EspAlgorithms? algorithms = null, XfrmSelector? selector = null) => new(
        owner,
        Sa(XfrmDirection.In, inboundSpi, reqId, algorithms),
        Sa(XfrmDirection.Out, outboundSpi, reqId, algorithms),
        [selector ?? Net]);

    public static PolicySpec Policy(XfrmDirection direction, XfrmSelector? selector = null, uint reqId = 7) => new()
    {
        Selector = selector ?? Net,
        Direction = direction,
        Mode = XfrmMode.Tunnel,
        TunnelSource = Us,
        TunnelDestination = Peer,
        ReqId = reqId,
        Priority = PolicyPriority.Of(selector ?? Net),
    };

    /// <summary>As another IKE daemon on the host would.</summary>
    public static XfrmReply ByAnother(this MemoryXfrmBackend backend, XfrmRequest request)
    {
        Seal? ours = backend.Seal;
        backend.Seal = null;
        XfrmReply reply = backend.Execute(request);
        backend.Seal = ours;
        return reply;
    }

    public static ReconciliationReport Reconcile(this XfrmTables tables, bool spare = false)
    {
        ReconciliationReport report = new();
        using IEnumerator<object?> work = tables.Reconcile(report, spare);
        while (work.MoveNext())
        {
        }

        return report;
    }

    /// <summary>What is there; not how far it has come, for numbers are left out where an SA had to be added again.</summary>
    public static string Dump(IXfrmBackend backend) =>
        string.Join('\n', backend.DumpSas().Select(s => (s with { Sent = 0, LastUsed = null }).ToString()).Concat(backend.DumpPolicies().Select(p => p.ToString())).Order());
}
