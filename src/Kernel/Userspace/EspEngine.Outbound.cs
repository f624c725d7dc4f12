using System.Net;

namespace Concentrator.Kernel.Userspace;

/// <summary>Where a protected packet lies, and its way.</summary>
internal readonly record struct ProtectedPacket(OutboundSa Sa, int Start, int Length, UdpEndpoint Local, UdpEndpoint Remote, byte TrafficClass);

internal sealed partial class EspEngine
{
    /// <summary>A policy had no SA and has now, or has changed: what is held is to be taken by <see cref="TakeHeld"/> and sent.</summary>
    public event Action HeldPacketsDue
    {
        add => _held.Due += value;
        remove => _held.Due -= value;
    }

    /// <summary>Those that are held now; each may be held once more.</summary>
    public int HeldCount => _held.Count;

    /// <summary>
    /// Protects the IP packet that lies in <paramref name="buffer"/> at <paramref name="start"/>, in place: <see cref="EspTransform.LargestFront"/>
    /// octets must be free before it and <see cref="EspTransform.LargestBack"/> behind.
    /// </summary>
    public EspVerdict Send(Span<byte> buffer, int start, int length, out ProtectedPacket sent) => Send(buffer, start, length, heldUntil: 0, out sent);

    /// <summary>Takes the oldest held packet into <paramref name="buffer"/> and protects it like <see cref="Send(Span{byte}, int, int, out ProtectedPacket)"/>; false when none is left.</summary>
    public bool TakeHeld(Span<byte> buffer, int start, out EspVerdict verdict, out ProtectedPacket sent)
    {
        verdict = default;
        sent = default;
        if (!_held.TryTake(buffer[start..^EspTransform.LargestBack], out int length, out long deadline)) return false;
        verdict = Send(buffer, start, length, deadline, out sent);
        return true;
    }

    private EspVerdict Send(Span<byte> buffer, int start, int length, long heldUntil, out ProtectedPacket sent)
    {
        EspVerdict verdict = Protect(buffer, start, length, heldUntil, out sent);
        // The socket counts what it takes.
        if (verdict != EspVerdict.Delivered) Counters.Count(verdict);
        return verdict;
    }

    private EspVerdict Protect(Span<byte> buffer, int start, int length, long heldUntil, out ProtectedPacket sent)
    {
        sent = default;
        Span<byte> packet = buffer.Slice(start, length);
        if (!Flow.TryRead(packet, out Flow flow, out int own) || own != length) return EspVerdict.Malformed;
        if (_policies[(int)XfrmDirection.Out].Find(flow) is not { } policy) return EspVerdict.NoPolicy;
        if (Find(policy) is not { } sa) return Hold(policy, flow, packet, heldUntil);

        byte trafficClass = TrafficClass.Of(packet);
        LimitVerdict limits = LimitVerdict.Within;
        bool isSealed, isEnded;
        lock (sa.Lock)
        {
            isEnded = sa.IsEnded;
            int whole = isEnded ? 0 : sa.Protect(buffer, start, length, flow.IsIpv6 ? EspTrailer.Ipv6 : EspTrailer.Ipv4, out limits);
            isSealed = whole > 0;
            if (isSealed) sent = new ProtectedPacket(sa, start - sa.Front, whole, sa.Local, sa.Remote, trafficClass);
        }

        // It went between look-up and lock, and is in no table any more: its successor takes the packet.
        if (isEnded) return Protect(buffer, start, length, heldUntil, out sent);
        Tell(sa, limits);
        if (limits == LimitVerdict.Hard) return EspVerdict.Expired;
        return isSealed ? EspVerdict.Delivered : EspVerdict.Malformed;
    }

    /// <summary>The SA that the template names, else the newest of its reqid to its destination.</summary>
    private OutboundSa? Find(PolicyEntry policy)
    {
        if (policy.Spec.Spi != 0) return _sas.TryGetValue(policy.SaKey, out UserspaceSa? named) ? named as OutboundSa : null;
        if (!_outboundByReqId.TryGetValue(policy.Spec.ReqId, out OutboundSa[]? candidates)) return null;
        for (int i = candidates.Length - 1; i >= 0; i--)
        {
            if (candidates[i].Key.Destination == policy.SaKey.Destination && candidates[i].Key.IsIpv6 == policy.SaKey.IsIpv6) return candidates[i];
        }

        return null;
    }

    private EspVerdict Hold(PolicyEntry policy, in Flow flow, ReadOnlySpan<byte> packet, long until)
    {
        bool isHeld = _held.TryHold(policy.Index, packet, until, out bool isFirst);
        if (isFirst) Raise(new Acquire(policy.Index, policy.Spec.ReqId, SelectorOf(flow)));
        return isHeld ? EspVerdict.Held : EspVerdict.NoSa;
    }

    /// <summary>That packet alone.</summary>
    private static XfrmSelector SelectorOf(in Flow flow)
    {
        int bits = flow.IsIpv6 ? 128 : 32;
        ushort portMask = flow.HasPorts ? ushort.MaxValue : (ushort)0;
        return new XfrmSelector(
            new IPNetwork(AddressOf(flow.Source, flow.IsIpv6), bits), new IPNetwork(AddressOf(flow.Destination, flow.IsIpv6), bits),
            flow.Protocol, flow.SourcePort, portMask, flow.DestinationPort, portMask);
    }

    private static IPAddress AddressOf(UInt128 bits, bool isIpv6) => new UdpEndpoint(bits, 0, isIpv6).ToAddress();
}
