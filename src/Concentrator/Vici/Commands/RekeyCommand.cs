using Concentrator.Actors.Node;

namespace Concentrator.Vici.Commands;

/// <summary><c>rekey</c>: begins to rekey IKE SAs or children, and answers how many.</summary>
internal sealed class RekeyCommand(ConcentratorNode node)
{
    public Task<ViciWriter> ExecuteAsync(ViciRequest request)
    {
        if (request.Arguments.Flag("reauth")) throw new ViciException("reauthentication is not supported: rekeying authenticates nobody anew");
        SaSelection selection = SaSelection.From(request.Arguments, node.IkeSas, "rekey");
        foreach (IkeSaSnapshot ikeSa in selection.IkeSas) node.Rekey(ikeSa.Session);
        foreach ((IkeSaSnapshot ikeSa, ChildSaSnapshot child) in selection.Children) node.RekeyChild(ikeSa.Session, child.ChildId);
        return Task.FromResult(ViciCommands.Done().Put("matches", selection.Count));
    }
}
