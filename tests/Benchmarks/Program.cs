using BenchmarkDotNet.Running;

// `dotnet run --project tests/Benchmarks -c Release -- --filter '*'`; figures are kept in RESULTS.md.
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
