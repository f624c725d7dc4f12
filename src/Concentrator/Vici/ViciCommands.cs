using Akka.Actor;
using Concentrator.Actors.Node;
using Concentrator.Vici.Commands;

namespace Concentrator.Vici;

/// <summary>What clients may ask, by name. A command's refusal is its answer: <c>success = no</c> and why.</summary>
internal sealed class ViciCommands
{
    private readonly Dictionary<string, Func<ViciRequest, Task<ViciWriter>>> _byName;

    public ViciCommands(ConcentratorNode node, SaDescription sas, ViciCounters counters, ViciProgram program, TimeProvider time) => _byName = new(
        [.. Sas(node, sas), .. Configuration(node), .. Credentials(node), .. Daemon(node, counters, time), .. OfProgram(program)]);

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
        catch (AskTimeoutException)
        {
            return Refused("the node is too busy to answer, or stopping");
        }
        catch (RequestRefusedException refused)
        {
            return Refused(refused.Message);
        }
    }

    public static ViciWriter Done() => ViciWriter.Response().Put("success", "yes");

    public static ViciWriter Refused(string why) => ViciWriter.Response().Put("success", "no").Put("errmsg", why);

    private static Dictionary<string, Func<ViciRequest, Task<ViciWriter>>> Sas(ConcentratorNode node, SaDescription sas) => new()
    {
        ["list-sas"] = new ListSas(node, sas).ExecuteAsync,
        ["initiate"] = new InitiateCommand(node).ExecuteAsync,
        ["terminate"] = new TerminateCommand(node).ExecuteAsync,
        ["rekey"] = new RekeyCommand(node).ExecuteAsync,
        // RFC 5685
        ["redirect"] = new RedirectCommand(node).ExecuteAsync,
        ["install"] = new TrapCommands(node).InstallAsync,
        ["uninstall"] = new TrapCommands(node).UninstallAsync,
        ["list-policies"] = new TrapCommands(node).ListAsync,
        // Ours.
        ["cluster-status"] = _ => Task.FromResult(new ClusterCommands(node).Status()),
        ["drain"] = new DrainCommand(node).ExecuteAsync,
    };

    private static Dictionary<string, Func<ViciRequest, Task<ViciWriter>>> Configuration(ConcentratorNode node) => new()
    {
        ["list-conns"] = new ConnectionCommands(node).ListAsync,
        ["get-conns"] = _ => Task.FromResult(new ConnectionCommands(node).Names()),
        ["load-conn"] = new LoadConnectionCommands(node).LoadAsync,
        ["unload-conn"] = new LoadConnectionCommands(node).UnloadAsync,
        ["list-authorities"] = new AuthorityCommands(node).ListAsync,
        ["get-authorities"] = _ => Task.FromResult(new AuthorityCommands(node).Names()),
        ["get-pools"] = new PoolCommands(node).GetAsync,
        ["load-pool"] = new PoolCommands(node).LoadAsync,
        ["unload-pool"] = new PoolCommands(node).UnloadAsync,
        ["load-authority"] = new AuthorityCommands(node).LoadAsync,
        ["unload-authority"] = new AuthorityCommands(node).UnloadAsync,
    };

    private static Dictionary<string, Func<ViciRequest, Task<ViciWriter>>> Credentials(ConcentratorNode node) => new()
    {
        ["load-cert"] = new CertificateCommands(node).LoadAsync,
        ["list-certs"] = new CertificateCommands(node).ListAsync,
        ["flush-certs"] = new CertificateCommands(node).FlushAsync,
        ["clear-creds"] = new CertificateCommands(node).ClearAsync,
        ["load-key"] = new PrivateKeyCommands(node).LoadAsync,
        ["unload-key"] = new PrivateKeyCommands(node).UnloadAsync,
        ["get-keys"] = _ => Task.FromResult(new PrivateKeyCommands(node).Ids()),
        ["load-token"] = PrivateKeyCommands.LoadTokenAsync,
        ["load-shared"] = new SharedKeyCommands(node).LoadAsync,
        ["unload-shared"] = new SharedKeyCommands(node).UnloadAsync,
        ["get-shared"] = _ => Task.FromResult(new SharedKeyCommands(node).Names()),
    };

    private static Dictionary<string, Func<ViciRequest, Task<ViciWriter>>> Daemon(ConcentratorNode node, ViciCounters counters, TimeProvider time) => new()
    {
        ["version"] = _ => Task.FromResult(DaemonCommands.Version()),
        ["stats"] = new DaemonCommands(node, time).StatsAsync,
        ["get-counters"] = request => Task.FromResult(new CounterCommands(counters).Get(request)),
        ["reset-counters"] = request => Task.FromResult(new CounterCommands(counters).Reset(request)),
        ["get-algorithms"] = _ => Task.FromResult(AlgorithmCommands.Get()),
    };

    private static Dictionary<string, Func<ViciRequest, Task<ViciWriter>>> OfProgram(ViciProgram program) => new()
    {
        ["log-levels"] = request => Task.FromResult(new LogCommands(program.Levels).Execute(request)),
        ["reload-settings"] = _ => Task.FromResult(Outcome(program.ReloadSettings())),
        // Of our own: the file that the program was started with.
        ["reload-config"] = async _ => Outcome(await program.ReloadConfiguration().ConfigureAwait(false)),
    };

    private static ViciWriter Outcome(IReadOnlyList<string> faults) => faults.Count == 0 ? Done() : Refused(string.Join("; ", faults));
}
