using Akka.Actor;
using Concentrator.Actors.Node;

namespace Concentrator.Vici.Commands;

/// <summary>
/// <c>list-sas</c>: an event an IKE SA. Each is made when the client is ready for it, with one question to the KernelActor for its counters, so that a
/// list of any length holds up nobody. A KernelActor that does not answer one question is not asked the others. <c>noblock</c> is read and changes nothing: no
/// IKE SA is ever waited for. Those of other nodes follow this one's, under numbers that none of this one's has.
/// </summary>
internal sealed class ListSas(ConcentratorNode node, SaDescription sas)
{
    private static readonly Dictionary<uint, ChildTraffic> NotCounted = [];

    public async Task<ViciWriter> ExecuteAsync(ViciRequest request)
    {
        string? name = request.Arguments.Text("ike"), child = request.Arguments.Text("child");
        long? number = SaSelection.Id(request.Arguments, "ike-id"), childNumber = SaSelection.Id(request.Arguments, "child-id");
        bool isAnswered = true;
        bool isAboutChildren = child is not null || childNumber is not null;
        bool IsShown(ChildSaSnapshot c) => (child is null || c.Name == child) && (childNumber is null || c.Number == childNumber);
        foreach (IkeSaSnapshot ikeSa in node.IkeSas)
        {
            if ((name is not null && ikeSa.Name != name) || (number is not null && ikeSa.Number != number)) continue;
            if (isAboutChildren && !ikeSa.Children.Any(IsShown)) continue;
            request.Gone.ThrowIfCancellationRequested();
            IReadOnlyDictionary<uint, ChildTraffic>? traffic = isAnswered ? await TrafficOfAsync(ikeSa, request.Gone).ConfigureAwait(false) : null;
            isAnswered = traffic is not null;
            await request.EmitAsync("list-sa", writer => sas.WriteIkeSa(writer, ikeSa, IsShown, traffic ?? NotCounted)).ConfigureAwait(false);
        }

        await foreach (PlacedIkeSa placed in node.ListElsewhereAsync(withTraffic: true, request.Gone).ConfigureAwait(false))
        {
            IkeSaSnapshot ikeSa = placed.Numbered;
            if ((name is not null && ikeSa.Name != name) || (number is not null && ikeSa.Number != number) || (isAboutChildren && !ikeSa.Children.Any(IsShown))) continue;
            await request.EmitAsync("list-sa", writer => sas.WriteIkeSa(writer, ikeSa, IsShown, placed.Traffic)).ConfigureAwait(false);
        }

        return ViciWriter.Response();
    }

    /// <summary>Null: there was no answer in time.</summary>
    private async Task<IReadOnlyDictionary<uint, ChildTraffic>?> TrafficOfAsync(IkeSaSnapshot ikeSa, CancellationToken gone)
    {
        try
        {
            return await node.GetTrafficAsync(ikeSa, gone).ConfigureAwait(false);
        }
        catch (AskTimeoutException)
        {
            return null;
        }
    }
}
