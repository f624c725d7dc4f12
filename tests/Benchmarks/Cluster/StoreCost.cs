using System.Diagnostics;
using System.Security.Cryptography;
using Concentrator.Actors.Tests.Store;
using Concentrator.Ike;

namespace Concentrator.Benchmarks;

/// <summary>
/// Set-ups without a store, with SQLite and with PostgreSQL, one after the other in each round, on a kernel that keeps nothing: what storing costs in processor time of the
/// gateway, in set-ups a second and in octets for each IKE SA.
/// </summary>
internal static class StoreCost
{
    private const int WarmUp = 500;

    public static async Task RunAsync(int count, int rounds, int atOnce)
    {
        using PostgresServer postgres = new();
        string[] stores = ["none", "sqlite", "postgres"];
        Dictionary<string, List<Measured>> results = stores.ToDictionary(store => store, _ => new List<Measured>());
        for (int round = 0; round < rounds; round++)
        {
            foreach (string store in stores)
            {
                Measured one = await MeasureAsync(store == "postgres" ? $"postgres:{postgres.CreateDatabase()}" : store, count, atOnce);
                results[store].Add(one);
                SessionLoad.Say($"round {round + 1}, {store}: {one.Rate:N0} a second, {one.Gateway:N0} us of the gateway, {one.Heap:N0} B of heap, {one.Resident:N0} B resident, {one.RowsPerBatch:F1} rows a transaction");
            }
        }

        double bareRate = Median.Of(results["none"].Select(one => one.Rate)), bareCpu = Median.Of(results["none"].Select(one => one.Gateway));
        foreach (string store in stores)
        {
            double rate = Median.Of(results[store].Select(one => one.Rate)), cpu = Median.Of(results[store].Select(one => one.Gateway));
            SessionLoad.Say($"{store}: medians {rate:N0} set-ups a second ({rate / bareRate:P0}), {cpu:N0} us of processor time of the gateway ({cpu / bareCpu:P0}), {Median.Of(results[store].Select(one => one.Heap)):N0} B of heap, {Median.Of(results[store].Select(one => one.Resident)):N0} B resident");
        }
    }

    private static async Task<Measured> MeasureAsync(string store, int count, int atOnce)
    {
        using Secret key = new(RandomNumberGenerator.GetBytes(32));
        using SilentKernel kernel = new();
        using Database database = new(store);
        await using Gateway gateway = await Gateway.StartAsync(kernel, key, database.Options);
        SessionLoad.Establish(gateway, key, 0, WarmUp, atOnce);
        (long heap, long resident) = SessionLoad.Memory();
        (long rows, long batches) = (gateway.Store?.RowsWritten ?? 0, gateway.Store?.Batches ?? 0);
        TimeSpan cpu = Environment.CpuUsage.TotalTime;
        long begin = Stopwatch.GetTimestamp();
        TimeSpan callers = SessionLoad.Establish(gateway, key, WarmUp, WarmUp + count, atOnce);
        TimeSpan took = Stopwatch.GetElapsedTime(begin);
        cpu = Environment.CpuUsage.TotalTime - cpu;
        (long heapAfter, long residentAfter) = SessionLoad.Memory();
        return new Measured(
            count / took.TotalSeconds, (cpu - callers).TotalMicroseconds / count, (heapAfter - heap) / count, (residentAfter - resident) / count,
            gateway.Store is { } stored ? (stored.RowsWritten - rows) / (double)Math.Max(1, stored.Batches - batches) : 0);
    }

    private sealed record Measured(double Rate, double Gateway, double Heap, double Resident, double RowsPerBatch);
}
