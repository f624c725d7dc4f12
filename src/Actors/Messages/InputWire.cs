using Concentrator.Actors.IkeSa;
using Concentrator.Actors.Routing;
using Concentrator.Ike.Session;
using What = Concentrator.Actors.Messages.Wire.Input.WhatOneofCase;

namespace Concentrator.Actors.Messages;

/// <summary>
/// What operators, traps and strays ask of an IKE SA, wherever it lives. All other inputs are made on the node of the actor: timers, reports of its children,
/// answers to its questions, and the call that begins it.
/// </summary>
internal static class InputWire
{
    /// <exception cref="ArgumentException">An input that is not for other nodes.</exception>
    public static Wire.Input Write(DeliverInput delivered)
    {
        Wire.Input wire = new() { Session = delivered.Session.Value };
        switch (delivered.Input)
        {
            case Close close:
                wire.Close = new Wire.Reason { Reason_ = close.Reason.ToString() };
                break;
            case Abandon abandon:
                wire.Abandon = new Wire.Reason { Reason_ = abandon.Reason.ToString() };
                break;
            case RekeyIkeSa:
                wire.Rekey = true;
                break;
            case InitiateChild initiate:
                wire.InitiateChild = initiate.Name;
                break;
            case RekeyChild rekey:
                wire.RekeyChild = rekey.ChildId;
                break;
            case CloseChild close:
                wire.CloseChild = close.ChildId;
                break;
            case StrayPacket stray:
                wire.StraySpi = stray.Spi;
                break;
            case ServeTraffic serve:
                wire.ServeTraffic = new Wire.Asked
                {
                    Child = serve.Name,
                    Local = EndpointWire.Write(serve.Packet.Local),
                    Remote = EndpointWire.Write(serve.Packet.Remote),
                };
                break;
            case RedirectPeer redirect:
                wire.Redirect = DrainWire.Write(redirect.To);
                break;
            default:
                throw new ArgumentException($"{delivered.Input.GetType().Name} is not for other nodes.");
        }

        return wire;
    }

    /// <summary>Null where a newer node means something that this one does not know.</summary>
    public static DeliverInput? Read(Wire.Input wire)
    {
        SessionInput? input = wire.WhatCase switch
        {
            What.Close => new Close(ReasonOf(wire.Close)),
            What.Abandon => new Abandon(ReasonOf(wire.Abandon)),
            What.Rekey => new RekeyIkeSa(),
            What.InitiateChild => new InitiateChild(wire.InitiateChild),
            What.RekeyChild => new RekeyChild(wire.RekeyChild),
            What.CloseChild => new CloseChild(wire.CloseChild),
            What.StraySpi => new StrayPacket(wire.StraySpi),
            What.ServeTraffic => new ServeTraffic(
                wire.ServeTraffic.Child, new PacketSelectors(EndpointWire.Read(wire.ServeTraffic.Local), EndpointWire.Read(wire.ServeTraffic.Remote))),
            What.Redirect => new RedirectPeer(DrainWire.ReadGateway(wire.Redirect)),
            _ => null,
        };
        return input is null ? null : new DeliverInput(new SessionId(wire.Session), input);
    }

    private static EndReason ReasonOf(Wire.Reason wire) => Words.Read(wire.Reason_, EndReason.DeletedByUs);
}
