using System.Globalization;
using BenchmarkDotNet.Running;
using Concentrator.Benchmarks;
using Concentrator.Kernel;

// `dotnet run --project tests/Benchmarks -c Release -- --filter '*'`; figures are kept in RESULTS.md. Whole programs instead of single methods:
//   sessions COUNT memory|silent   so many established IKE SAs with a child each
//   sessions COUNT KERNEL STORE    the same with their state stored: sqlite, postgres, or postgres:CONNECTIONSTRING
//   takeover COUNT STORE           a gateway with so many is killed, and another goes on with them
//   stores COUNT ROUNDS ATONCE     set-ups, so many at once, with and without their state stored, side by side
//   cluster COUNT ROUNDS           set-ups by one, two and three nodes, side by side
//   failover COUNT ROUNDS          three processes, so many tunnels, one is killed: when the peers hear of the others; sqlite, then postgres
//   children [memory]              children installed in a real kernel, or in the tables alone
switch (args)
{
    case ["sessions", var count, var kernel, ..]:
        await SessionLoad.RunAsync(int.Parse(count, CultureInfo.InvariantCulture), kernel, args.Length > 3 ? args[3] : "none");
        return 0;
    case ["takeover", var count, var store]:
        await TakeOverLoad.RunAsync(int.Parse(count, CultureInfo.InvariantCulture), store);
        return 0;
    case ["stores", var count, var rounds, var atOnce]:
        await StoreCost.RunAsync(int.Parse(count, CultureInfo.InvariantCulture), int.Parse(rounds, CultureInfo.InvariantCulture), int.Parse(atOnce, CultureInfo.InvariantCulture));
        return 0;
    case ["cluster", var count, var rounds]:
        await ClusterLoad.RunAsync(int.Parse(count, CultureInfo.InvariantCulture), int.Parse(rounds, CultureInfo.InvariantCulture));
        return 0;
    case ["failover", var count, var rounds]:
        await FailoverLoad.RunAsync(int.Parse(count, CultureInfo.InvariantCulture), int.Parse(rounds, CultureInfo.InvariantCulture));
        return 0;
    case ["children", ..]:
        return ChildInstalls.Run(args is [_, "memory"] ? KernelKind.Memory : KernelKind.Netlink);
    default:
        BenchmarkSwitcher.FromAssembly(typeof(ChildInstalls).Assembly).Run(args);
        return 0;
}
