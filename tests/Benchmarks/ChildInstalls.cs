using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using Concentrator.Kernel;

namespace Concentrator.Benchmarks;

/// <summary>
/// How many children a second the kernel takes, as the KernelActor has them installed: an SPI, two SAs and three policies, acknowledged each; at growing numbers of
/// SAs, and with either way to an SPI. And how long it takes to hold all of it against the tables. Needs a kernel that has ESP, and leaves its tables as
/// it found them.
/// </summary>
internal static class ChildInstalls
{
    private const int Batch = 200;
    private const int Rounds = 5;
    private static readonly int[] SasBefore = [0, 1_000, 5_000, 10_000, 20_000];
    private static readonly IPAddress Us = IPAddress.Parse("192.0.2.1");
    private static readonly IPAddress Peer = IPAddress.Parse("192.0.2.2");

    public static int Run(KernelKind kind)
    {
        Seal seal = Seal.Random();
        using TimedBackend backend = new(
            kind == KernelKind.Memory ? new MemoryXfrmBackend(historyLimit: 1) { Seal = seal } : KernelSelection.Open(KernelKind.Netlink, seal).Backend);
        Dictionary<SpiAllocation, double[]> rates = [];
        foreach (SpiAllocation allocation in Enum.GetValues<SpiAllocation>())
        {
            XfrmTables tables = new(backend, new XfrmTablesOptions { SpiAllocation = allocation });
            rates[allocation] = [.. SasBefore.Select(sas => Measure(backend, tables, sas))];
            if (allocation == SpiAllocation.Node) MeasureReconciliation(tables);
            Stopwatch sweep = Stopwatch.StartNew();
            int children = tables.Counts.Sas / 2;
            tables.SweepAll();
            Say($"{children} children removed: {children / sweep.Elapsed.TotalSeconds:F0} a second");
        }

        for (int i = 0; i < SasBefore.Length; i++)
        {
            double node = rates[SpiAllocation.Node][i], kernel = rates[SpiAllocation.Kernel][i];
            Say($"{SasBefore[i],6} SAs: {node,7:F0} children a second with SPIs of the node, {kernel,7:F0} with SPIs of the kernel: {node / kernel:F2}");
        }

        return 0;
    }

    /// <summary>The median of some rounds at that many SAs.</summary>
    private static double Measure(TimedBackend backend, XfrmTables tables, int sas)
    {
        for (int next = tables.Counts.Sas / 2; tables.Counts.Sas < sas; next++) Install(tables, next);
        double[] rates = new double[Rounds];
        TimeSpan onSas = TimeSpan.Zero, onPolicies = TimeSpan.Zero;
        for (int round = 0; round < Rounds; round++)
        {
            int first = 1_000_000 + round * Batch;
            backend.Reset();
            Stopwatch watch = Stopwatch.StartNew();
            for (int i = 0; i < Batch; i++) Install(tables, first + i);
            rates[round] = Batch / watch.Elapsed.TotalSeconds;
            onSas += backend.Sas;
            onPolicies += backend.Policies;
            for (int i = 0; i < Batch; i++) tables.Sweep(OwnerOf(first + i));
        }

        const int all = Batch * Rounds;
        Say($"at {sas} SAs a child takes the kernel {onSas.TotalMicroseconds / all:F0} µs for its SAs and {onPolicies.TotalMicroseconds / all:F0} µs for its policies");
        Array.Sort(rates);
        return rates[Rounds / 2];
    }

    /// <summary>At all that is installed by now; between two pieces requests are served, so the longest piece is what one may have to wait.</summary>
    private static void MeasureReconciliation(XfrmTables tables)
    {
        for (int i = 0; i < 3; i++)
        {
            ReconciliationReport report = new();
            using IEnumerator<object?> work = tables.Reconcile(report, spare: false);
            Stopwatch all = Stopwatch.StartNew();
            TimeSpan longest = TimeSpan.Zero;
            bool more = true;
            while (more)
            {
                TimeSpan before = all.Elapsed;
                more = work.MoveNext();
                if (all.Elapsed - before > longest) longest = all.Elapsed - before;
            }

            Say($"{tables.Counts.Sas} SAs and {tables.Counts.Policies} policies reconciled in {all.ElapsedMilliseconds} ms, longest piece {longest.TotalMilliseconds:F1} ms, {(report.IsQuiet ? "nothing to do" : "NOT QUIET")}");
        }
    }

    private static void Install(XfrmTables tables, int number)
    {
        string owner = OwnerOf(number);
        SpiResult spi = tables.ReserveSpi(owner, Peer, Us, XfrmMode.Tunnel, (uint)number + 1, TimeSpan.Zero);
        if (spi.Refusal is null)
        {
            XfrmSelector selector = new(new IPNetwork(IPAddress.Parse("10.1.0.0"), 24), new IPNetwork(new IPAddress([11, (byte)(number >> 16), (byte)(number >> 8), (byte)number]), 32));
            InstallResult result = tables.Install(new ChildSaSpec(
                owner, Sa(XfrmDirection.In, spi.Spi, number), Sa(XfrmDirection.Out, 0x1000_0000 + (uint)number, number), [selector]));
            if (result.Succeeded) return;
            spi = new SpiResult(0, result.Refusal);
        }

        throw new InvalidOperationException($"child {number}: {spi.Refusal}");
    }

    private static string OwnerOf(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static SaSpec Sa(XfrmDirection direction, uint spi, int number) => new()
    {
        Source = direction == XfrmDirection.In ? Peer : Us,
        Destination = direction == XfrmDirection.In ? Us : Peer,
        Spi = spi,
        Mode = XfrmMode.Tunnel,
        Direction = direction,
        ReqId = (uint)number + 1,
        Algorithms = EspAlgorithms.AesGcm16(RandomNumberGenerator.GetBytes(20)),
    };

    private static void Say(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
