using Concentrator.Actors.Node;

namespace Concentrator.Vici.Commands;

/// <summary><c>install</c>, <c>uninstall</c> and <c>list-policies</c>. Policies without a tunnel, pass and drop, there are none.</summary>
internal sealed class TrapCommands(ConcentratorNode node)
{
    public async Task<ViciWriter> InstallAsync(ViciRequest request)
    {
        string child = Child(request);
        await node.InstallTrapAsync(request.Arguments.Text("ike"), child, request.Gone).ConfigureAwait(false);
        return ViciCommands.Done();
    }

    public async Task<ViciWriter> UninstallAsync(ViciRequest request)
    {
        string child = Child(request);
        await node.UninstallTrapAsync(request.Arguments.Text("ike"), child, request.Gone).ConfigureAwait(false);
        return ViciCommands.Done();
    }

    public async Task<ViciWriter> ListAsync(ViciRequest request)
    {
        string? child = request.Arguments.Text("child"), ike = request.Arguments.Text("ike");
        if (!request.Arguments.Flag("trap")) return ViciWriter.Response();
        foreach (TrapSnapshot trap in await node.GetTrapsAsync(request.Gone).ConfigureAwait(false))
        {
            if ((child is not null && trap.Child != child) || (ike is not null && trap.Connection != ike)) continue;
            await request.EmitAsync("list-policy", writer => writer
                .Begin($"{trap.Connection}/{trap.Child}")
                .Put("child", trap.Child)
                .Put("ike", trap.Connection)
                .Put("mode", trap.Mode.ToString().ToUpperInvariant())
                .List("local-ts", trap.Local.Select(selector => selector.ToString()))
                .List("remote-ts", trap.Remote.Select(selector => selector.ToString()))
                .End()).ConfigureAwait(false);
        }

        return ViciWriter.Response();
    }

    private static string Child(ViciRequest request) => request.Arguments.Required("child", "missing configuration name");
}
