using System.Net;
using Concentrator.Actors.Node;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Wire;

namespace Concentrator.Vici.Commands;

/// <summary>
/// <c>redirect</c>: sends the clients of IKE SAs, on whatever nodes those are, to another gateway (RFC 5685), and answers how many were asked to go. Whoever does not follow
/// stays. IKE SAs are named by connection or unique id, by where their client is, or by who it is.
/// </summary>
internal sealed class RedirectCommand(ConcentratorNode node)
{
    public async Task<ViciWriter> ExecuteAsync(ViciRequest request)
    {
        ViciSection arguments = request.Arguments;
        GatewayIdentity gateway = GatewayIdentity.Parse(arguments.Required("gateway", "missing target gateway")) ?? throw new ViciException("unsupported gateway identity");
        string? ike = arguments.Text("ike"), peerIp = arguments.Text("peer-ip"), peerId = arguments.Text("peer-id");
        long? ikeId = SaSelection.Id(arguments, "ike-id");
        if (ike is null && peerIp is null && peerId is null && ikeId is null) throw new ViciException("missing redirect selector");
        AddressRange? range = peerIp is null ? null : AddressRange.TryParse(peerIp, out AddressRange? parsed) ? parsed : throw new ViciException("invalid peer-ip");
        IdentityPattern? pattern = peerId is null ? null : ParseIdentity(peerId);

        List<PlacedIkeSa> found = await SaSelection.FindAsync(
            node,
            ikeSa => (ike is null || ikeSa.Name == ike) && (ikeId is null || ikeSa.Number == ikeId)
                && (range is null || (ikeSa.Remote?.Address is { } remote && range.Contains(remote)))
                && (pattern is null || (ikeSa.RemoteIdentity is { } identity && pattern.Matches(Identity.Parse(identity)))),
            request.Gone).ConfigureAwait(false);
        if (found.Count == 0) throw new ViciException("no matching SAs to redirect found");
        foreach (PlacedIkeSa placed in found) node.Redirect(placed.IkeSa.Session, gateway);
        return ViciCommands.Done().Put("matches", found.Count);
    }

    private static IdentityPattern ParseIdentity(string text)
    {
        try
        {
            return IdentityPattern.Parse(text);
        }
        catch (FormatException)
        {
            throw new ViciException("invalid peer-id");
        }
    }
}
