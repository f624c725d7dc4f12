using System.CommandLine;
using Concentrator.Commands;

// A node that is told to stop closes its IKE SAs first, and bounds that itself.
InvocationConfiguration invocation = new() { ProcessTerminationTimeout = TimeSpan.FromSeconds(15) };
return await CommandLine.Create().Parse(args).InvokeAsync(invocation).ConfigureAwait(false);
