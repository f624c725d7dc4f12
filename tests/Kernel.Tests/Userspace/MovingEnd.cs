using System.Net;
using Concentrator.Kernel.Userspace;

namespace Concentrator.Kernel.Tests.Userspace;

/// <summary>One end of a tunnel that can move: an engine under tables. Packets between two of them find their way by their outer addresses alone.</summary>
internal sealed class MovingEnd : IDisposable
{
    private readonly XfrmSelector _outward;
    private readonly uint _inboundSpi;
    private readonly uint _outboundSpi;

    /// <param name="time">The clock of both ends.</param>
    /// <param name="outward">Its net, and the other end's.</param>
    /// <param name="inboundSpi">Of what it receives.</param>
    /// <param name="outboundSpi">Of what it sends.</param>
    public MovingEnd(TimeProvider time, XfrmSelector outward, uint inboundSpi, uint outboundSpi)
    {
        (_outward, _inboundSpi, _outboundSpi) = (outward, inboundSpi, outboundSpi);
        Engine = new EspEngine(time);
        Engine.EventRaised += Events.Add;
        Backend = new EngineBackend(Engine);
        Tables = new XfrmTables(Backend, new XfrmTablesOptions { LowestSpi = inboundSpi, HighestSpi = inboundSpi });
    }

    public EspEngine Engine { get; }

    public EngineBackend Backend { get; }

    public XfrmTables Tables { get; }

    public List<XfrmEvent> Events { get; } = [];

    public void Install(ChildPath path, string algorithms, bool esn, SaLifetime? lifetime = null)
    {
        Assert.Equal(_inboundSpi, Tables.ReserveSpi("child", path.Remote.Address, path.Local.Address, XfrmMode.Tunnel, 7, default).Spi);
        ChildSaSpec child = Samples.Child("child", _inboundSpi, _outboundSpi, selector: _outward);
        SaSpec At(XfrmDirection direction, SaSpec sa) => path.PlaceOf(direction).Apply(sa) with
        {
            Algorithms = EspPair.ByName(algorithms),
            ExtendedSequenceNumbers = esn,
            ReplayWindow = direction == XfrmDirection.In ? 64 : 0,
            Lifetime = lifetime ?? new SaLifetime(),
        };
        Assert.Null(Tables.Install(child with { Inbound = At(XfrmDirection.In, child.Inbound), Outbound = At(XfrmDirection.Out, child.Outbound) }).Refusal);
    }

    /// <summary>A packet from one net to the other; what it is in is delivered by <see cref="Receive"/>.</summary>
    public WirePacket Send(out EspVerdict verdict)
    {
        byte[] inner = IpPackets.Udp(First(_outward.Source), First(_outward.Destination));
        byte[] buffer = new byte[EspTransform.LargestFront + inner.Length + EspTransform.LargestBack];
        inner.CopyTo(buffer, EspTransform.LargestFront);
        verdict = Engine.Send(buffer, EspTransform.LargestFront, inner.Length, out ProtectedPacket sent);
        return verdict == EspVerdict.Delivered ? new WirePacket(buffer.AsSpan(sent.Start, sent.Length).ToArray(), sent.Local, sent.Remote) : default;
    }

    public WirePacket Send()
    {
        WirePacket packet = Send(out EspVerdict verdict);
        Assert.Equal(EspVerdict.Delivered, verdict);
        return packet;
    }

    public EspVerdict Receive(WirePacket packet) => Engine.Receive([.. packet.Octets], packet.To, packet.From, 0, out _);

    public SaSpec ReadIn(ChildPath path) => Read(path.Local.Address, _inboundSpi, XfrmDirection.In);

    public SaSpec ReadOut(ChildPath path) => Read(path.Remote.Address, _outboundSpi, XfrmDirection.Out);

    public void AssertAt(ChildPath path)
    {
        Assert.Equal(2, Engine.Sas.Count);
        Assert.Equal(path.PlaceOf(XfrmDirection.In), SaPlace.Of(ReadIn(path)));
        Assert.Equal(path.PlaceOf(XfrmDirection.Out), SaPlace.Of(ReadOut(path)));
        Assert.Equal(3, Engine.Policies.Count);
        Assert.All(Engine.Policies, policy =>
        {
            SaPlace place = path.PlaceOf(policy.Key.Direction == XfrmDirection.Out ? XfrmDirection.Out : XfrmDirection.In);
            Assert.Equal((place.Source, place.Destination), policy.Tunnel);
        });
    }

    public void Dispose() => Engine.Dispose();

    private SaSpec Read(IPAddress destination, uint spi, XfrmDirection direction) => Backend.Execute(new ReadSa(new SaId(destination, spi), direction)).Spec!;

    private static string First(IPNetwork net)
    {
        byte[] address = net.BaseAddress.GetAddressBytes();
        address[^1]++;
        return new IPAddress(address).ToString();
    }
}

/// <summary>An ESP packet under way.</summary>
internal readonly record struct WirePacket(byte[] Octets, UdpEndpoint From, UdpEndpoint To)
{
    public uint Sequence => System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(Octets.AsSpan(4));
}
