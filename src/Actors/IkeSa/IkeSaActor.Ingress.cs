using Akka.Actor;
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

    /// <summary>Until it is established anybody may speak for the peer; from then on only what was authentic and new is told as received.</summary>
    private void FollowIngress(SessionEvent happened)
    {
        if (happened is MessageReceived { Repeated: false } && _arrivalPath is not null) _ingress = _arrival;
    }

    private Address? NodeFor(IkePath path) => path.Equals(_arrivalPath) ? _arrival : _ingress;
}
