using System.CommandLine;
using System.Runtime.InteropServices;
using Concentrator.Actors.Node;
using Concentrator.Hosting;
using Concentrator.Http;
using Concentrator.Ike.Configuration;
using Concentrator.Ladders;
using Concentrator.Logs;
using Concentrator.Vici;
using Microsoft.Extensions.Logging;

namespace Concentrator.Commands;

/// <summary>
/// <c>concentrator serve</c>: runs a node until SIGINT or SIGTERM, then stops it in order. SIGHUP has it read its configuration file again. Exit code 0, or 1
/// with one line per reason on the error stream when it cannot start.
/// </summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        ServeOptions options = new();
        Command command = new("serve", "Run a gateway node.");
        options.AddTo(command);
        command.SetAction((parsed, stop) => RunAsync(options, parsed, stop));
        return command;
    }

    internal static async Task<int> RunAsync(ServeOptions options, ParseResult parsed, CancellationToken stop)
    {
        TextWriter errors = parsed.InvocationConfiguration.Error;
        List<string> faults = [];
        if (ReadSettings(options.Read(parsed), faults) is not { } settings)
            return Refuse(errors, faults);
        NodeOptions node = settings.ToOptions(faults);
        LadderRecorder ladders = settings.ToRecorder(faults);
        LogLevels levels = new();
        LogSettings log = settings.ToLogSettings(levels, faults);
        if (faults.Count > 0) return Refuse(errors, faults);
        FileInfo file = parsed.GetRequiredValue(options.Config);
        if (ConfigOption.Load(file, errors) is not { } config) return 1;

        ViciLog viciLog = new(levels);
        try
        {
            using ILoggerFactory logging = log.Open(levels, viciLog);
            while (true)
            {
                Gateway gateway = new(node, config, file.FullName, settings, faults => ReadSettings(options.Read(parsed), faults), ladders, levels, viciLog, logging);
                if (await ServeAsync(gateway, errors, stop).ConfigureAwait(false) is { } code) return code;
                // The last one took its keys along.
                if (ConfigOption.Load(file, errors) is not { } again) return 1;
                config = again;
            }
        }
        catch (IOException refused)
        {
            return Refuse(errors, [refused.Message]);
        }
    }

    /// <summary>Null when the node was cut off from its cluster and is to start anew.</summary>
    private static async Task<int?> ServeAsync(Gateway gateway, TextWriter errors, CancellationToken stop)
    {
        try
        {
            await using (gateway.ConfigureAwait(false))
            {
                using PosixSignalRegistration hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
                {
                    signal.Cancel = true;
                    _ = gateway.ReloadAsync();
                });
                await gateway.StartAsync(stop).ConfigureAwait(false);
                await Task.WhenAny(gateway.WhenCutOff, Task.Delay(Timeout.Infinite, stop)).ConfigureAwait(false);
            }

            return stop.IsCancellationRequested ? 0 : null;
        }
        catch (Exception refused) when (refused is NodeStartException or ViciException or HttpException)
        {
            return Refuse(errors, [refused.Message]);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return 0;
        }
    }

    private static NodeSettings? ReadSettings(NodeSettings flags, List<string> faults)
    {
        try
        {
            return NodeSettings.Read(Environment.CurrentDirectory).With(flags);
        }
        catch (Exception fault) when (fault is InvalidOperationException or InvalidDataException)
        {
            faults.Add($"settings: {fault.InnerException?.Message ?? fault.Message}");
            return null;
        }
    }

    private static int Refuse(TextWriter errors, List<string> faults)
    {
        foreach (string fault in faults) errors.WriteLine($"error: {fault}");
        return 1;
    }
}
