using Concentrator.Logs;

namespace Concentrator.Vici;

/// <summary>What clients may touch of the program around the node.</summary>
/// <param name="Levels">How much is logged.</param>
/// <param name="ReloadSettings">Reads the settings anew; what is wrong with them.</param>
/// <param name="ReloadConfiguration">Reads the configuration file anew; what is wrong with it.</param>
internal sealed record ViciProgram(LogLevels Levels, Func<IReadOnlyList<string>> ReloadSettings, Func<Task<IReadOnlyList<string>>> ReloadConfiguration);
