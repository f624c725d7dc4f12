using System.CommandLine;
using Concentrator.Actors.Node;
using Concentrator.Hosting;
using Concentrator.Ike.Configuration;
using Concentrator.Vici;
using Microsoft.Extensions.Logging;

namespace Concentrator.Commands;

/// <summary>
/// <c>concentrator serve</c>: runs a node until SIGINT or SIGTERM, then stops it in order. Exit code 0, or 1 with one line per
/// reason on the error stream when it cannot start.
/// </summary>
internal static class ServeCommand
{
    private const string DefaultVici = "/run/concentrator/vici.sock";
    private const string NoVici = "none";

    private static readonly Action<ILogger, string, Exception?> ViciListens =
        LoggerMessage.Define<string>(LogLevel.Information, new EventId(800), "vici listens on {Path}");

    private static readonly Action<ILogger, string, Exception?> NoViciSocket =
        LoggerMessage.Define<string>(LogLevel.Warning, new EventId(801), "no vici socket: {Why}");

    public static Command Create()
    {
        ServeOptions options = new();
        Command command = new("serve", "Run a gateway node.");
        options.AddTo(command);
        command.SetAction((parsed, stop) => RunAsync(options, parsed, stop));
        return command;
    }

    private static async Task<int> RunAsync(ServeOptions options, ParseResult parsed, CancellationToken stop)
    {
        TextWriter errors = parsed.InvocationConfiguration.Error;
        List<string> faults = [];
        if (ReadSettings(options.Read(parsed), faults) is not { } settings)
            return Refuse(errors, faults);
        NodeOptions node = settings.ToOptions(faults);
        if (!Logging.TryParseLevel(settings.Log ?? "info", out LogLevel level)) faults.Add($"log: '{settings.Log}' is none of debug, info, warning, error");
        if (faults.Count > 0) return Refuse(errors, faults);
        if (ConfigOption.Load(parsed.GetRequiredValue(options.Config), errors) is not { } gateway) return 1;

        ViciLog viciLog = new();
        using ILoggerFactory logging = Logging.Create(level, viciLog);
        try
        {
            return await ServeAsync(node, gateway, settings.Vici, viciLog, logging, errors, stop).ConfigureAwait(false);
        }
        finally
        {
            gateway.DisposeSecrets();
        }
    }

    private static async Task<int> ServeAsync(
        NodeOptions options, GatewayConfig gateway, string? viciPath, ViciLog viciLog, ILoggerFactory logging, TextWriter errors, CancellationToken stop)
    {
        try
        {
            await using ConcentratorNode node = await ConcentratorNode.StartAsync(options, gateway, logging, stop).ConfigureAwait(false);
            await using ViciServer? vici = StartVici(viciPath, node, viciLog, logging.CreateLogger("CFG"));
            await Task.Delay(Timeout.Infinite, stop).ContinueWith(_ => { }, TaskScheduler.Default).ConfigureAwait(false);
            await node.StopAsync().ConfigureAwait(false);
            return 0;
        }
        catch (Exception refused) when (refused is NodeStartException or ViciException)
        {
            return Refuse(errors, [refused.Message]);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return 0;
        }
    }

    /// <summary>Where nobody asked for a socket, one that cannot be had is no reason not to run.</summary>
    /// <exception cref="ViciException">The socket that was asked for cannot be made.</exception>
    private static ViciServer? StartVici(string? path, ConcentratorNode node, ViciLog viciLog, ILogger log)
    {
        if (path == NoVici) return null;
        SaDescription sas = new(TimeProvider.System);
        ViciEvents events = new(node, sas);
        try
        {
            ViciServer server = ViciServer.Start(path ?? DefaultVici, new ViciCommands(node, sas, TimeProvider.System), events);
            viciLog.Events = events;
            ViciListens(log, path ?? DefaultVici, null);
            return server;
        }
        catch (ViciException refused) when (path is null)
        {
            NoViciSocket(log, refused.Message, null);
            return null;
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
