using Concentrator.Actors.Node;

namespace Concentrator.Vici.Commands;

/// <summary><c>rekey</c>: begins to rekey IKE SAs or children, on whatever nodes they are, and answers how many.</summary>
internal sealed class RekeyCommand(ConcentratorNode node)
{
    public async Task<ViciWriter> ExecuteAsync(ViciRequest request)
    {
        if (request.Arguments.Flag("reauth")) throw new ViciException("reauthentication is not supported: rekeying authenticates nobody anew");
        SaSelection selection = await SaSelection.FromAsync(request.Arguments, node, "rekey", request.Gone).ConfigureAwait(false);
        foreach (PlacedIkeSa placed in selection.IkeSas) node.Rekey(placed.IkeSa.Session);
        foreach ((PlacedIkeSa placed, ChildSaSnapshot child) in selection.Children) node.RekeyChild(placed.IkeSa.Session, child.ChildId);
        return ViciCommands.Done().Put("matches", selection.Count);
    }
}
