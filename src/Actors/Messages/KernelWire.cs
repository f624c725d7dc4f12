using Akka.Actor;
using Akka.Serialization;
using Concentrator.Actors.Kernel;
using Concentrator.Actors.Node;
using Concentrator.Actors.Routing;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Session;
using Concentrator.Kernel;
using Asked = Concentrator.Actors.Messages.Wire.KernelAsk.WhatOneofCase;
using Said = Concentrator.Actors.Messages.Wire.KernelSaid.WhatOneofCase;
using Told = Concentrator.Actors.Messages.Wire.KernelTold.WhatOneofCase;

namespace Concentrator.Actors.Messages;

/// <summary>
/// Between a CHILD_SA actor and the KernelActor of another node. Deadlines are on a node's own clock, so what is left of them crosses. Keys are handed over: those
/// of a message that was written are zeroed here.
/// </summary>
internal sealed class KernelWire(ExtendedActorSystem system, NodeContext node)
{
    /// <exception cref="ArgumentException">A request that is made on the node alone.</exception>
    public Wire.KernelAsk Write(KernelRequest request)
    {
        RequireSafeWay(request);
        Wire.KernelAsk wire = new() { User = request.User is { } user ? Write(user) : null };
        if (LeftOf(request.Deadline) is { } patience) wire.Patience = patience;
        switch (request)
        {
            case GetSpi get:
                wire.GetSpi = new Wire.SpiWanted
                {
                    Local = EndpointWire.Write(get.Local),
                    Remote = EndpointWire.Write(get.Remote),
                    Transport = get.Mode == ChildMode.Transport,
                    ReqId = get.ReqId,
                };
                break;
            case InstallSas install:
                wire.Install = InstallationWire.Write(install);
                install.Parameters.Keys.Dispose();
                break;
            case ActivateSas:
                wire.Activate = true;
                break;
            case MoveSas move:
                wire.Move = EndpointWire.Write(new IkePath(move.Path.Local, move.Path.Remote, NonEspMarker: false));
                wire.MoveInUdp = move.Path.UdpEncapsulation;
                break;
            case RetireSas:
                wire.Retire = true;
                break;
            case RemoveSas:
                wire.Remove = true;
                break;
            case ReadSas:
                wire.Read = true;
                break;
            case BringSas bring:
                wire.Bring = SaWire.Write(bring.Spec, bring.Hold);
                bring.Spec.Dispose();
                break;
            default:
                throw new ArgumentException($"{request.GetType().Name} is not for other nodes.");
        }

        return wire;
    }

    public KernelRequest? Read(Wire.KernelAsk wire)
    {
        KernelRequest? request = wire.WhatCase switch
        {
            Asked.GetSpi => new GetSpi(
                EndpointWire.ReadAddress(wire.GetSpi.Local),
                EndpointWire.ReadAddress(wire.GetSpi.Remote),
                wire.GetSpi.Transport ? ChildMode.Transport : ChildMode.Tunnel,
                wire.GetSpi.ReqId),
            Asked.Install => InstallationWire.Read(wire.Install),
            Asked.Activate => new ActivateSas(),
            Asked.Move when EndpointWire.Read(wire.Move) is var path => new MoveSas(new ChildPath(path.Local, path.Remote, wire.MoveInUdp)),
            Asked.Retire => new RetireSas(),
            Asked.Remove => new RemoveSas(),
            Asked.Read => new ReadSas(),
            Asked.Bring => new BringSas(SaWire.Read(wire.Bring), wire.Bring.Hold),
            _ => null,
        };
        return request is null ? null : request with { Deadline = DeadlineOf(wire.HasPatience ? wire.Patience : null), User = wire.User is { } user ? Read(user) : null };
    }

    public Wire.KernelSaid Write(KernelReply reply)
    {
        RequireSafeWay(reply);
        switch (reply)
        {
            case SpiAllocated allocated:
                return new Wire.KernelSaid { Spi = allocated.Spi };
            case SasInstalled:
                return new Wire.KernelSaid { Installed = true };
            case KernelRefusal { Refusal: var refusal }:
                return new Wire.KernelSaid
                {
                    Refused = new Wire.Refused
                    {
                        Step = refusal.Step.ToString(),
                        Error = (uint)refusal.Error,
                        ExtAck = refusal.ExtAck,
                        Hint = refusal.Hint,
                        Cause = refusal.Cause.ToString(),
                        Algorithms = refusal.Algorithms,
                    },
                };
            case SasActivated:
                return new Wire.KernelSaid { Activated = true };
            case SasMoved:
                return new Wire.KernelSaid { Moved = true };
            case SasRetired:
                return new Wire.KernelSaid { Retired = true };
            case SasRemoved:
                return new Wire.KernelSaid { Removed = true };
            case SasRead read:
                Wire.KernelSaid wire = new() { Read = SaWire.Write(read.Spec, hold: false) };
                read.Spec.Dispose();
                return wire;
            default:
                throw new ArgumentException($"{reply.GetType().Name} is not for other nodes.");
        }
    }

    public static KernelReply? Read(Wire.KernelSaid wire) => wire.WhatCase switch
    {
        Said.Spi => new SpiAllocated(wire.Spi),
        Said.Installed => new SasInstalled(),
        Said.Refused => new KernelRefusal(new Refusal(
            Words.Read(wire.Refused.Step, XfrmStep.Query), (int)wire.Refused.Error, wire.Refused.ExtAck, wire.Refused.Hint, Words.Read(wire.Refused.Cause, RefusalCause.Transient), wire.Refused.Algorithms)),
        Said.Activated => new SasActivated(),
        Said.Moved => new SasMoved(),
        Said.Retired => new SasRetired(),
        Said.Removed => new SasRemoved(),
        Said.Read => new SasRead(SaWire.Read(wire.Read)),
        _ => null,
    };

    public static Wire.KernelTold Write(KernelTold told) => told switch
    {
        SaLost => new Wire.KernelTold { InboundSpi = told.InboundSpi, Lost = true },
        SaExpiresSoon => new Wire.KernelTold { InboundSpi = told.InboundSpi, ExpiresSoon = true },
        SaMapped mapped => new Wire.KernelTold { InboundSpi = told.InboundSpi, Mapped = EndpointWire.Write(mapped.Remote) },
        _ => throw new ArgumentException($"{told.GetType().Name} is not for other nodes."),
    };

    public static KernelTold? Read(Wire.KernelTold wire) => wire.WhatCase switch
    {
        Told.Lost => new SaLost(wire.InboundSpi),
        Told.ExpiresSoon => new SaExpiresSoon(wire.InboundSpi),
        Told.Mapped => new SaMapped(wire.InboundSpi, EndpointWire.Read(wire.Mapped)),
        _ => null,
    };

    public Wire.CountAsked Write(CountPackets count)
    {
        Wire.CountAsked wire = new();
        if (LeftOf(count.Deadline) is { } patience) wire.Patience = patience;
        foreach ((uint childId, IActorRef child) in count.Children) wire.Children.Add(childId, Serialization.SerializedActorPath(child));
        return wire;
    }

    public CountPackets Read(Wire.CountAsked wire) => new(
        wire.Children.ToDictionary(child => child.Key, child => system.Provider.ResolveActorRef(child.Value)), DeadlineOf(wire.HasPatience ? wire.Patience : null));

    public static Wire.Counted Write(TrafficCounted counted)
    {
        Wire.Counted wire = new();
        foreach ((uint childId, PacketCount count) in counted.Packets) wire.Children.Add(childId, new Wire.Packets { Received = count.Received, Sent = count.Sent });
        return wire;
    }

    public static TrafficCounted Read(Wire.Counted wire) =>
        new(wire.Children.ToDictionary(child => child.Key, child => new PacketCount(child.Value.Received, child.Value.Sent)));

    private static Wire.User Write(KernelUser user) => new()
    {
        Session = user.IkeSa.Session.Value,
        IkeSa = user.IkeSa.Name,
        IkeSaNumber = (uint)user.IkeSa.Number,
        Child = user.Child.Name,
        ChildNumber = (uint)user.Child.Number,
        Peer = user.Peer is { } peer ? EndpointWire.Write(peer) : null,
    };

    private static KernelUser Read(Wire.User wire) => new(
        new IkeSaName(new SessionId(wire.Session), wire.IkeSa, (int)wire.IkeSaNumber), new ChildSaName(wire.Child, (int)wire.ChildNumber),
        wire.Peer is { } peer ? EndpointWire.Read(peer) : null);

    private ulong? LeftOf(TimeSpan deadline) => deadline == TimeSpan.MaxValue ? null : (ulong)Math.Max(0, (deadline - node.Now).TotalMilliseconds);

    private TimeSpan DeadlineOf(ulong? patience) => patience is { } left ? node.Now + TimeSpan.FromMilliseconds(Math.Min(left, int.MaxValue)) : TimeSpan.MaxValue;

    /// <summary>Who gives a node another address than loopback has to give it TLS: this is for the day when something else lets it go without.</summary>
    private void RequireSafeWay(object message)
    {
        if (message is not (InstallSas or BringSas or SasRead)) return;
        Address self = system.Provider.DefaultAddress;
        bool isLoopback = self.Host is null or "localhost" || (System.Net.IPAddress.TryParse(self.Host.Trim('[', ']'), out System.Net.IPAddress? host) && System.Net.IPAddress.IsLoopback(host));
        if (!isLoopback && self.Protocol != "akka.ssl.tcp") throw new InvalidOperationException("Keys cross between hosts over TLS alone.");
    }
}
