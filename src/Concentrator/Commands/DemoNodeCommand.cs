using System.CommandLine;
using Concentrator.Demo.Failover;

namespace Concentrator.Commands;

/// <summary><c>demo node</c>: what <c>serve</c> is, for the processes that the demo starts. It stops when its input ends, so that none outlives a demo that is killed.</summary>
internal static class DemoNodeCommand
{
    public static Command Create()
    {
        ServeOptions options = new();
        Command command = new(NodeProcess.DemoNode, "A node of the demo's cluster.") { Hidden = true };
        options.AddTo(command);
        command.SetAction(async (parsed, stop) =>
        {
            using CancellationTokenSource over = CancellationTokenSource.CreateLinkedTokenSource(stop);
            new Thread(() => AwaitEnd(over)) { IsBackground = true, Name = "input" }.Start();
            return await ServeCommand.RunAsync(options, parsed, over.Token).ConfigureAwait(false);
        });
        return command;
    }

    private static void AwaitEnd(CancellationTokenSource over)
    {
        while (Console.In.Read() >= 0)
        {
        }

        try
        {
            over.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has ended already.
        }
    }
}
