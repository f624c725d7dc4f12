using System.Buffers.Binary;

namespace Concentrator.Kernel.Userspace;

internal sealed partial class EspEngine
{
    private const uint LastReservedSpi = 255;

    /// <summary>
    /// Takes the inner packet out of an ESP packet, in place. Nothing changes for one that is not authentic, counters of packets thrown away apart.
    /// </summary>
    /// <param name="packet">ESP from its SPI on; what is in it afterwards is the inner packet, or rubbish.</param>
    /// <param name="local">Where it came to.</param>
    /// <param name="remote">Where it came from.</param>
    /// <param name="trafficClass">Of the outer header.</param>
    /// <param name="inner">The inner packet in <paramref name="packet"/>, when it is to be delivered.</param>
    public EspVerdict Receive(Span<byte> packet, in UdpEndpoint local, in UdpEndpoint remote, byte trafficClass, out Span<byte> inner)
    {
        EspVerdict verdict = Open(packet, local, remote, trafficClass, out inner);
        // The device counts what it takes.
        if (verdict != EspVerdict.Delivered) Counters.Count(verdict);
        return verdict;
    }

    private EspVerdict Open(Span<byte> packet, in UdpEndpoint local, in UdpEndpoint remote, byte trafficClass, out Span<byte> inner)
    {
        inner = default;
        if (packet.Length < EspTransform.HeaderSize) return EspVerdict.Malformed;
        SaKey key = new(local.Bits, local.IsIpv6, BinaryPrimitives.ReadUInt32BigEndian(packet));
        if (!_sas.TryGetValue(key, out UserspaceSa? known))
        {
            TellStray(key.Spi, local, remote);
            return EspVerdict.UnknownSpi;
        }

        if (known is not InboundSa sa) return EspVerdict.UnknownSpi;

        Range payload;
        byte nextHeader;
        bool hasMoved;
        LimitVerdict limits;
        lock (sa.Lock)
        {
            if (sa.IsEnded) return EspVerdict.UnknownSpi;
            EspVerdict opened = sa.Open(packet, out payload, out nextHeader);
            if (opened != EspVerdict.Delivered) return opened;
            limits = sa.Usage.Check();
            if (limits != LimitVerdict.Hard) sa.Usage.Count(payload.End.Value - payload.Start.Value);
            hasMoved = sa.IsNewMapping(remote, _time);
        }

        Tell(sa, limits);
        if (limits == LimitVerdict.Hard) return EspVerdict.Expired;
        if (hasMoved) Raise(new Mapping(sa.Id, sa.ReqId, remote.ToAddress(), remote.Port));
        return Unwrap(packet[payload], nextHeader, sa.ReqId, trafficClass, out inner);
    }

    /// <summary>RFC 7296 §1.5, INVALID_SPI. RFC 4303 §2.1: SPIs up to 255 are nobody's. One that waits for its SA is not told of: its packets come too early.</summary>
    private void TellStray(uint spi, in UdpEndpoint local, in UdpEndpoint remote)
    {
        if (spi > LastReservedSpi && _strays.IsDue(spi)) Raise(new UnknownSpi(spi, remote.ToIPEndPoint(), local.ToIPEndPoint()));
    }

    /// <summary>What an authentic packet holds must be an IP packet that this SA is for.</summary>
    private EspVerdict Unwrap(Span<byte> payload, byte nextHeader, uint reqId, byte trafficClass, out Span<byte> inner)
    {
        inner = default;
        if (nextHeader == EspTrailer.NoNextHeader) return EspVerdict.Dummy;
        if (nextHeader is not (EspTrailer.Ipv4 or EspTrailer.Ipv6) || !Flow.TryRead(payload, out Flow flow, out int length)) return EspVerdict.Malformed;
        if (flow.IsIpv6 != (nextHeader == EspTrailer.Ipv6)) return EspVerdict.Malformed;
        // RFC 4301 §5.2 step 4: it must match the selectors of the SA by which it came.
        if (_policies[(int)XfrmDirection.In].Find(flow, reqId) is null) return EspVerdict.WrongSelectors;
        Span<byte> packet = payload[..length];
        if (!TrafficClass.TryDecapsulate(trafficClass, packet)) return EspVerdict.Congested;
        inner = packet;
        return EspVerdict.Delivered;
    }
}
