using Concentrator.Logs;

namespace Concentrator.Vici.Commands;

/// <summary>
/// <c>log-levels</c>, a command of our own: says how much each subsystem logs, after changing what <c>levels</c> names, if that is there
/// (<c>knl=2,ike=1</c>). Until the program ends.
/// </summary>
internal sealed class LogCommands(LogLevels levels)
{
    public ViciWriter Execute(ViciRequest request)
    {
        if (request.Arguments.TryGetText("levels", out string? changes) && !levels.TryChange(changes, out string? fault)) throw new ViciException(fault);
        ViciWriter writer = ViciCommands.Done().Begin("levels");
        foreach (string subsystem in LogLevels.Subsystems) writer.Put(subsystem, levels.Current[subsystem]);
        return writer.End();
    }
}
