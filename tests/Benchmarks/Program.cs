using BenchmarkDotNet.Running;
using Concentrator.Benchmarks;
using Concentrator.Kernel;

// `dotnet run --project tests/Benchmarks -c Release -- --filter '*'`; figures are kept in RESULTS.md.
// `children` measures a real kernel instead, `children memory` the tables alone.
if (args is ["children", ..]) return ChildInstalls.Run(args is [_, "memory"] ? KernelKind.Memory : KernelKind.Netlink);
BenchmarkSwitcher.FromAssembly(typeof(ChildInstalls).Assembly).Run(args);
return 0;
