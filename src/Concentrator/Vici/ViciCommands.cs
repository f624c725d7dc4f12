using Concentrator.Actors.Node;
using Concentrator.Logs;
using Concentrator.Vici.Commands;

namespace Concentrator.Vici;

/// <summary>What clients may ask, by name. A command's refusal is its answer: <c>success = no</c> and why.</summary>
internal sealed class ViciCommands(ConcentratorNode node, SaDescription sas, TimeProvider time, LogLevels levels)
{
    private readonly Dictionary<string, Func<ViciRequest, Task<ViciWriter>>> _byName = new()
    {
        ["version"] = _ => Task.FromResult(DaemonCommands.Version()),
        ["stats"] = new DaemonCommands(node, time).StatsAsync,
        ["get-algorithms"] = _ => Task.FromResult(AlgorithmCommands.Get()),
        ["list-sas"] = new ListSas(node, sas).ExecuteAsync,
        ["list-conns"] = new ConnectionCommands(node).ListAsync,
        ["get-conns"] = _ => Task.FromResult(new ConnectionCommands(node).Names()),
        ["initiate"] = new InitiateCommand(node).ExecuteAsync,
        ["terminate"] = new TerminateCommand(node).ExecuteAsync,
        ["rekey"] = new RekeyCommand(node).ExecuteAsync,
        ["log-levels"] = request => Task.FromResult(new LogCommands(levels).Execute(request)),
    };

    /// <summary>Null: there is no such command.</summary>
    public async Task<ViciWriter?> ExecuteAsync(string name, ViciRequest request)
    {
        if (!_byName.TryGetValue(name, out Func<ViciRequest, Task<ViciWriter>>? command)) return null;
        try
        {
            return await command(request).ConfigureAwait(false);
        }
        catch (ViciException refused)
        {
            return Refused(refused.Message);
        }
    }

    public static ViciWriter Done() => ViciWriter.Response().Put("success", "yes");

    public static ViciWriter Refused(string why) => ViciWriter.Response().Put("success", "no").Put("errmsg", why);
}
