using Concentrator.Actors.Node;
using Concentrator.Configuration;
using Microsoft.Extensions.Logging;

namespace Concentrator.Hosting;

/// <summary>
/// Puts the configuration file in force anew, while the node runs: all of it, or with a mistake in it nothing, and the log says what is wrong and where. Afterwards
/// the configuration is what the file says, whatever clients of the control socket have loaded or unloaded meanwhile. One reload at a time; safe from any thread.
/// </summary>
internal sealed class ConfigurationReloader(ConcentratorNode node, string path, ILogger log) : IDisposable
{
    private static readonly Action<ILogger, string, Exception?> Kept =
        LoggerMessage.Define<string>(LogLevel.Error, new EventId(802), "{Mistake}");

    private static readonly Action<ILogger, int, string, Exception?> Refused =
        LoggerMessage.Define<int, string>(LogLevel.Error, new EventId(803), "the configuration stays as it was: mistakes ({Mistakes}) in {File}");

    private static readonly Action<ILogger, string, Exception?> Warned =
        LoggerMessage.Define<string>(LogLevel.Warning, new EventId(804), "{Warning}");

    private static readonly Action<ILogger, string, int, Exception?> Loaded =
        LoggerMessage.Define<string, int>(LogLevel.Information, new EventId(805), "{File} loaded: {Connections} connections");

    private static readonly Action<ILogger, Exception?> Failed =
        LoggerMessage.Define(LogLevel.Error, new EventId(806), "the configuration stays as it was");

    private readonly SemaphoreSlim _turn = new(1);

    /// <summary>The mistakes; none: the file is in force.</summary>
    public async Task<IReadOnlyList<ConfigurationError>> ReloadAsync()
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            // Reads files and resolves names: not for the thread of a signal or a client.
            ConfigurationResult result = await Task.Run(() => ConfigurationFile.Load(path)).ConfigureAwait(false);
            foreach (ConfigurationError warning in result.Warnings) Warned(log, warning.ToString(), null);
            if (result.Config is not { } fresh)
            {
                foreach (ConfigurationError mistake in result.Errors) Kept(log, mistake.ToString(), null);
                Refused(log, result.Errors.Count, path, null);
                return result.Errors;
            }

            await node.ReconfigureAsync(fresh.InPlaceOf, fresh.Secrets).ConfigureAwait(false);
            Loaded(log, path, fresh.Connections.Count, null);
            return [];
        }
        catch (Exception failed) when (failed is not OutOfMemoryException)
        {
            Failed(log, failed);
            return [new ConfigurationError(path, 0, "", failed.Message)];
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();
}
