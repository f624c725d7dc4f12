using Akka.Actor;
using Concentrator.Actors.Clustering.Addresses;
using Concentrator.Actors.Connections;
using Concentrator.Actors.Draining;
using Concentrator.Actors.IkeSa;
using Concentrator.Actors.Kernel;
using Concentrator.Actors.Node;
using Concentrator.Actors.Placement;
using Concentrator.Ike.Session;

namespace Concentrator.Actors.Messages;

/// <summary>The table of all that crosses. A manifest, once given out, keeps its meaning; one that is not needed any more is not given to another kind.</summary>
internal sealed class MessageKinds
{
    private readonly NodeContext _node;
    private readonly ExtendedActorSystem _system;

    public MessageKinds(ExtendedActorSystem system, NodeContext node)
    {
        _node = node;
        _system = system;
        KernelWire kernel = new(system, node);
        All =
        [
            MessageKind.Of<DeliverDatagram, Wire.Datagram>("dg", WriteDatagram, ReadDatagram),
            MessageKind.Of<DeliverInput, Wire.Input>("in", InputWire.Write, InputWire.Read),
            MessageKind.Of<WakeShard, Wire.Wake>("wk", wake => new Wire.Wake { Shard = wake.Shard }, wire => new WakeShard((byte)wire.Shard)),
            MessageKind.Of<IdentityClaim, Wire.Claim>("uq", ClaimWire.Write, ClaimWire.Read),
            MessageKind.Of<TransmitHere, Wire.Transmit>("tx", DatagramWire.Write, DatagramWire.Read),
            MessageKind.Of<KernelRequest, Wire.KernelAsk>("kq", kernel.Write, kernel.Read),
            MessageKind.Of<KernelReply, Wire.KernelSaid>("kr", kernel.Write, KernelWire.Read),
            MessageKind.Of<KernelTold, Wire.KernelTold>("kt", KernelWire.Write, KernelWire.Read),
            MessageKind.Of<CountPackets, Wire.CountAsked>("kc", kernel.Write, kernel.Read),
            MessageKind.Of<TrafficCounted, Wire.Counted>("kn", KernelWire.Write, KernelWire.Read),
            MessageKind.Of<ListIkeSas, Wire.ListAsk>("lq", ListingWire.Write, ListingWire.Read),
            MessageKind.Of<IkeSasListed, Wire.ListAnswer>("lr", ListingWire.Write, ListingWire.Read),
            MessageKind.Of<AddressReport, Wire.AddressReport>("ar", AddressWire.Write, AddressWire.Read),
            MessageKind.Of<AddressGrant, Wire.AddressGrant>("ag", AddressWire.Write, AddressWire.Read),
            MessageKind.Of<AddressFreed, Wire.AddressFreed>("af", AddressWire.Write, AddressWire.Read),
            MessageKind.Of<PrepareSessions, Wire.PrepareAsk>("hq", DrainWire.Write, DrainWire.Read),
            MessageKind.Of<SessionsPrepared, Wire.PrepareAnswer>("hr", DrainWire.Write, DrainWire.Read),
            MessageKind.Of<DrainNode, Wire.DrainAsk>("dq", DrainWire.Write, DrainWire.Read),
            MessageKind.Of<NodeDrained, Wire.DrainAnswer>("dr", DrainWire.Write, DrainWire.Read),
            MessageKind.Of<NodeStatus, Wire.NodeStatus>("ns", StatusWire.Write, StatusWire.Read),
        ];
    }

    public IReadOnlyList<MessageKind> All { get; }

    /// <summary>By value: the buffer goes back to its pool here, and the reader rents one there.</summary>
    private Wire.Datagram WriteDatagram(DeliverDatagram delivered)
    {
        _node.Placement.CountHop();
        Wire.Datagram wire = DatagramWire.Write(delivered, _system.Provider.DefaultAddress.ToString());
        delivered.Datagram.Release();
        return wire;
    }

    private DeliverDatagram? ReadDatagram(Wire.Datagram wire) => DatagramWire.Read(wire, _node.Datagrams);
}
