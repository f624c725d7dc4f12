using Concentrator.Actors.Node;
using Concentrator.Configuration;
using Concentrator.Ike.Configuration;

namespace Concentrator.Vici.Commands;

/// <summary><c>load-conn</c> and <c>unload-conn</c>. What is up stays up; one that says what it said before changes nothing.</summary>
internal sealed class LoadConnectionCommands(ConcentratorNode node)
{
    public async Task<ViciWriter> LoadAsync(ViciRequest request)
    {
        List<ConnectionConfig> connections = ViciSettings.BindAll(request.Arguments, "connections", (s, mistakes) => ConnectionBinder.Bind(s.Section, s, mistakes));
        await node.ReconfigureAsync(config => connections.Aggregate(config, (c, connection) => c.With(connection)), request.Gone).ConfigureAwait(false);
        return ViciCommands.Done();
    }

    public async Task<ViciWriter> UnloadAsync(ViciRequest request)
    {
        string name = request.Arguments.Required("name", "unload: missing connection name");
        await node.ReconfigureAsync(
            config => config.Connections.Any(c => c.Name == name) ? config.WithoutConnection(name) : throw new ViciException($"unload: connection '{name}' not found"),
            request.Gone).ConfigureAwait(false);
        return ViciCommands.Done();
    }
}
