using System.Globalization;
using BenchmarkDotNet.Running;
using Concentrator.Benchmarks;

// `dotnet run --project tests/Benchmarks -c Release -- --filter '*'`, or `-- sessions 100000 memory`; figures are kept in RESULTS.md.
if (args is ["sessions", var count, var kernel])
{
    await SessionLoad.RunAsync(int.Parse(count, CultureInfo.InvariantCulture), kernel);
    return;
}

BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
