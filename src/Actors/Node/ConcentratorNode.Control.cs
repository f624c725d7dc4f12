using Akka.Actor;
using Concentrator.Actors.Connections;
using Concentrator.Actors.IkeSa;
using Concentrator.Actors.Kernel;
using Concentrator.Actors.Routing;
using Concentrator.Actors.Transport;
using Concentrator.Ike.Session;
using Concentrator.Kernel;

namespace Concentrator.Actors.Node;

public sealed partial class ConcentratorNode
{
    private static readonly TimeSpan QuestionTime = TimeSpan.FromSeconds(5);

    /// <summary>All that happens, from now on. Completes when the node has stopped.</summary>
    public IObservable<NodeEvent> Events => _node.Events;

    /// <summary>Datagrams thrown away, by reason.</summary>
    public DropCounters Drops => _node.Drops;

    public TransportCounters Transport => _node.Transport.Counters;

    public string KernelName => _backend.Name;

    /// <summary>The IKE SAs that live here, in the order they began.</summary>
    public IReadOnlyList<IkeSaSnapshot> IkeSas => _node.Sessions.Snapshot();

    /// <summary>Everything at one moment; asks the KernelActor.</summary>
    public async Task<NodeSnapshot> GetSnapshotAsync(CancellationToken cancel = default)
    {
        TableCounts kernel = await _node.Actors.Kernel.Ask<TableCounts>(CountEntries.Instance, QuestionTime, cancel).ConfigureAwait(false);
        return new NodeSnapshot(IkeSas, Drops.Snapshot(), kernel, _node.Capabilities.Current.Refused);
    }

    /// <summary>Calls a connection, unless an attempt is under way, and brings up these children of it.</summary>
    public void Initiate(string connection, params IReadOnlyList<string> children) => _node.Actors.Connections.Tell(new Call(connection, children));

    /// <summary>Brings up one more child on an established IKE SA.</summary>
    public void InitiateChild(SessionId ikeSa, string child) => Tell(ikeSa, new InitiateChild(child));

    /// <summary>Puts a new child in the place of this one.</summary>
    public void RekeyChild(SessionId ikeSa, uint childId) => Tell(ikeSa, new RekeyChild(childId));

    /// <summary>New SPIs and keys for an IKE SA; its children stay.</summary>
    public void Rekey(SessionId ikeSa) => Tell(ikeSa, new RekeyIkeSa());

    /// <summary>Closes a child with a Delete exchange.</summary>
    public void CloseChild(SessionId ikeSa, uint childId) => Tell(ikeSa, new CloseChild(childId));

    /// <summary>Closes an IKE SA with a Delete exchange.</summary>
    public void Close(SessionId ikeSa) => Tell(ikeSa, new Close(EndReason.DeletedByUs));

    /// <summary>Asks the kernel anew which algorithms it accepts, instead of waiting for the next period.</summary>
    public void ProbeKernel() => _node.Actors.Kernel.Tell(ProbeNow.Instance);

    /// <summary>To nobody when it lives no more: no actor is made for it.</summary>
    private void Tell(SessionId ikeSa, SessionInput input)
    {
        if (_node.Sessions.Contains(ikeSa)) _node.Actors.Sessions.Tell(new DeliverInput(ikeSa, input));
    }
}
