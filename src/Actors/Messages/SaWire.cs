using System.Net;
using Concentrator.Kernel;
using Google.Protobuf;

namespace Concentrator.Actors.Messages;

/// <summary>A child's SAs as a kernel has them, with their keys. Keys that are read are new arrays of the reader's.</summary>
internal static class SaWire
{
    public static Wire.Brought Write(ChildSaSpec spec, bool hold) => new()
    {
        Inbound = Write(spec.Inbound),
        Outbound = Write(spec.Outbound),
        Selectors = { spec.Selectors.Select(Write) },
        Hold = hold,
    };

    /// <exception cref="ArgumentException">One of the pair is missing, or has no ends.</exception>
    public static ChildSaSpec Read(Wire.Brought wire) => wire is { Inbound: { } inbound, Outbound: { } outbound }
        ? new ChildSaSpec("", Read(inbound, XfrmDirection.In), Read(outbound, XfrmDirection.Out), [.. wire.Selectors.Select(Read)])
        : throw new ArgumentException("a child without both its SAs");

    public static Wire.Lifetime Write(SaLifetime lifetime) => new()
    {
        SoftBytes = lifetime.SoftBytes,
        HardBytes = lifetime.HardBytes,
        SoftPackets = lifetime.SoftPackets,
        HardPackets = lifetime.HardPackets,
        SoftTime = lifetime.SoftSeconds,
        HardTime = lifetime.HardSeconds,
    };

    private static Wire.Sa Write(SaSpec sa) => new()
    {
        Source = EndpointWire.Write(sa.Source),
        Destination = EndpointWire.Write(sa.Destination),
        Spi = sa.Spi,
        Transport = sa.Mode == XfrmMode.Transport,
        ReqId = sa.ReqId,
        Aead = Write(sa.Algorithms.Aead),
        Cipher = Write(sa.Algorithms.Cipher),
        Authenticator = Write(sa.Algorithms.Authenticator),
        Udp = sa.Encapsulation is { } udp ? new Wire.UdpPorts { Source = udp.SourcePort, Destination = udp.DestinationPort } : null,
        ReplayWindow = (uint)sa.ReplayWindow,
        ExtendedSequenceNumbers = sa.ExtendedSequenceNumbers,
        Lifetime = Write(sa.Lifetime),
        Progress = sa.Progress is { } progress ? Write(progress) : null,
        Selector = sa.Selector is { } selector ? Write(selector) : null,
    };

    private static SaSpec Read(Wire.Sa wire, XfrmDirection direction) => new()
    {
        Source = EndpointWire.ReadAddress(wire.Source),
        Destination = EndpointWire.ReadAddress(wire.Destination),
        Spi = wire.Spi,
        Mode = wire.Transport ? XfrmMode.Transport : XfrmMode.Tunnel,
        Direction = direction,
        ReqId = wire.ReqId,
        Algorithms = new EspAlgorithms(Read(wire.Aead), Read(wire.Cipher), Read(wire.Authenticator)),
        Encapsulation = wire.Udp is { } udp ? new UdpEncapsulation((ushort)udp.Source, (ushort)udp.Destination) : null,
        ReplayWindow = (int)wire.ReplayWindow,
        ExtendedSequenceNumbers = wire.ExtendedSequenceNumbers,
        Lifetime = wire.Lifetime is { } lifetime
            ? new SaLifetime(lifetime.SoftBytes, lifetime.HardBytes, lifetime.SoftPackets, lifetime.HardPackets, lifetime.SoftTime, lifetime.HardTime)
            : new SaLifetime(),
        Progress = wire.Progress is { } progress
            ? new SaProgress(progress.Sent, progress.Received, [.. progress.Window], progress.Bytes, progress.Packets, progress.AddedAt, progress.UsedAt)
            : null,
        Selector = wire.Selector is { } selector ? Read(selector) : null,
    };

    private static Wire.Algorithm? Write(KernelAlgorithm? algorithm) => algorithm is null
        ? null
        : new Wire.Algorithm { Name = algorithm.Name, Key = ByteString.CopyFrom(algorithm.Key), IcvBits = (uint)algorithm.IcvBits };

    private static KernelAlgorithm? Read(Wire.Algorithm? wire) => wire is null ? null : new KernelAlgorithm(wire.Name, wire.Key.ToByteArray(), (int)wire.IcvBits);

    private static Wire.Progress Write(SaProgress progress) => new()
    {
        Sent = progress.Sent,
        Received = progress.Received,
        Window = { progress.Window },
        Bytes = progress.Bytes,
        Packets = progress.Packets,
        AddedAt = progress.AddedAt,
        UsedAt = progress.UsedAt,
    };

    private static Wire.Traffic Write(XfrmSelector selector) => new()
    {
        Source = EndpointWire.Write(selector.Source.BaseAddress),
        SourcePrefix = (uint)selector.Source.PrefixLength,
        Destination = EndpointWire.Write(selector.Destination.BaseAddress),
        DestinationPrefix = (uint)selector.Destination.PrefixLength,
        Protocol = selector.Protocol,
        SourcePort = selector.SourcePort,
        SourcePortMask = selector.SourcePortMask,
        DestinationPort = selector.DestinationPort,
        DestinationPortMask = selector.DestinationPortMask,
    };

    private static XfrmSelector Read(Wire.Traffic wire) => new(
        new IPNetwork(EndpointWire.ReadAddress(wire.Source), (int)wire.SourcePrefix),
        new IPNetwork(EndpointWire.ReadAddress(wire.Destination), (int)wire.DestinationPrefix),
        (byte)wire.Protocol, (ushort)wire.SourcePort, (ushort)wire.SourcePortMask, (ushort)wire.DestinationPort, (ushort)wire.DestinationPortMask);
}
