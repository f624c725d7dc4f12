using Akka.Actor;
using Concentrator.Actors.ChildSa;
using Concentrator.Ike.Session;

namespace Concentrator.Actors.IkeSa;

/// <summary>
/// Through which node the peer's packets come and ours leave: the one that the last authentic message came through. A message from elsewhere is answered where
/// it came in, whatever it proves to be.
/// </summary>
internal sealed partial class IkeSaActor
{
    /// <summary>Null: this node.</summary>
    private Address? _ingress;

    /// <summary>That of the datagram in hand, and its path; null without one.</summary>
    private Address? _arrival;

    private IkePath? _arrivalPath;

    private void Receive(DeliverDatagram delivered)
    {
        _arrival = delivered.Datagram.Ingress;
        _arrivalPath = delivered.Datagram.Path();
        try
        {
            Happen(new DatagramReceived(delivered.Datagram.Message, _arrivalPath));
        }
        finally
        {
            (_arrival, _arrivalPath) = (null, null);
            delivered.Datagram.Release();
        }
    }

    /// <summary>The KernelActor where the peer's ESP comes in.</summary>
    private IActorRef Kernel => KernelOf(_ingress);

    private IActorRef KernelOf(Address? node) => _node.Actors.Neighbours?.Other(node) is { } other ? _node.Actors.Neighbours.KernelOf(other) : _node.Actors.Kernel;

    /// <summary>Until it is established anybody may speak for the peer; from then on only what was authentic and new is told as received.</summary>
    private void FollowIngress(SessionEvent happened)
    {
        if (happened is MessageReceived { Repeated: false } && _arrivalPath is not null && !FollowItsAddress()) MoveTo(_arrival);
    }

    /// <summary>
    /// As a rule a session's shard belongs to the address that its peer knows, and both move together. Where it does not (the addresses were others when it began, or MOBIKE
    /// has changed the path), the data go where the address went: peers that send nothing but ESP would be heard by nobody. What still comes to the node that had it moves nothing.
    /// </summary>
    /// <returns>False: it goes where the peer is heard.</returns>
    private bool FollowItsAddress()
    {
        if (_entry!.Local?.Address is not { } address || !_node.Addresses.IsForeign(_session.Shard, address) || _node.Actors.Neighbours is not { } neighbours) return false;
        if (!_node.Addresses.Holders.TryGetValue(address, out string? holder) || neighbours.Find(holder) is not { } node) return false;
        MoveTo(neighbours.Other(node));
        return true;
    }

    private void MoveTo(Address? ingress)
    {
        if (Equals(_ingress, ingress)) return;
        IActorRef before = Kernel;
        _ingress = ingress;
        IActorRef kernel = Kernel;
        if (kernel.Equals(before)) return;
        _entry!.IsDataElsewhere = !kernel.Equals(_node.Actors.Kernel);
        if (!before.Equals(_node.Actors.Kernel)) Context.Unwatch(before);
        if (!kernel.Equals(_node.Actors.Kernel)) Context.Watch(kernel);
        // The shard is about to follow its address: the SAs are there already.
        bool isAtHome = _entry.Local?.Address is not { } address || !_node.Addresses.IsForeign(_session.Shard, address);
        if (isAtHome && _node.Addresses.FollowsItsAddress(_session.Shard, _node.Actors.Neighbours!.Self)) return;
        foreach (IActorRef child in _children.Values) child.Tell(new RelocateChild(kernel));
    }

    /// <summary>Its node has gone. What is to be sent leaves here until the peer is heard through another; the children see to themselves.</summary>
    private void LoseIngress(IActorRef kernel)
    {
        if (!kernel.Path.Equals(Kernel.Path)) return;
        _ingress = null;
        _entry!.IsDataElsewhere = false;
    }

    private Address? NodeFor(IkePath path) => path.Equals(_arrivalPath) ? _arrival : _ingress;
}
