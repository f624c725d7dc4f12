using System.CommandLine;
using Concentrator.Commands;

RootCommand root = new("Concentrator: an IKEv2/IPsec VPN gateway.")
{
    ServeCommand.Create(),
    CheckCommand.Create(),
    TraceCommand.Create(),
    ClusterCommand.Create(),
    DemoCommand.Create(),
};

// A node that is told to stop closes its IKE SAs first, and bounds that itself.
InvocationConfiguration invocation = new() { ProcessTerminationTimeout = TimeSpan.FromSeconds(15) };
return await root.Parse(args).InvokeAsync(invocation).ConfigureAwait(false);
