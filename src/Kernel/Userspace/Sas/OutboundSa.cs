using System.Buffers.Binary;

namespace Concentrator.Kernel.Userspace;

/// <summary>An SA that protects what we send.</summary>
internal sealed class OutboundSa : UserspaceSa
{
    private const ulong LastNumber = uint.MaxValue;

    /// <summary>From here on there is time for a rekeying even at a million packets a second.</summary>
    private const ulong NearlyLastNumber = LastNumber - (1 << 28);

    private readonly bool _extended;
    private ulong _sequence;

    public OutboundSa(SaSpec spec, EspTransform transform, TimeProvider time)
        : base(spec.Id, spec.Source, spec.ReqId, spec, transform, time)
    {
        _extended = spec.ExtendedSequenceNumbers;
        _sequence = spec.Progress?.Sent ?? 0;
        Move(spec);
    }

    /// <summary>Where its packets leave and go to.</summary>
    public UdpEndpoint Local { get; private set; }

    public UdpEndpoint Remote { get; private set; }

    /// <summary>Set by whoever sends: what leads to <see cref="Local"/>.</summary>
    public EspPort? Port { get; set; }

    public ulong Sequence => _sequence;

    protected override SaProgress Progress => base.Progress with { Sent = _sequence };

    /// <summary>Where in a buffer the inner packet has to begin at least, and how much room it needs behind it.</summary>
    public int Front => Transform!.Front;

    /// <summary>
    /// Protects the inner packet that lies in <paramref name="buffer"/> at <paramref name="start"/>; the outer one begins <see cref="Front"/> octets
    /// earlier. Returns its length, 0 when it may not be sent. Within the lock.
    /// </summary>
    public int Protect(Span<byte> buffer, int start, int length, byte nextHeader, out LimitVerdict limits)
    {
        EspTransform transform = Transform!;
        limits = Check();
        int encrypted = EspTrailer.Padded(length, transform.Alignment);
        int whole = transform.Front + encrypted + transform.IcvSize;
        if (limits == LimitVerdict.Hard || start < transform.Front || start - transform.Front + whole > buffer.Length) return 0;

        Span<byte> packet = buffer.Slice(start - transform.Front, whole);
        ulong sequence = _sequence + 1;
        BinaryPrimitives.WriteUInt32BigEndian(packet, Id.Spi);
        BinaryPrimitives.WriteUInt32BigEndian(packet[4..], (uint)sequence);
        EspTrailer.Write(packet[(transform.Front + length)..^transform.IcvSize], nextHeader);
        // A number that was used is spent, whatever became of the packet.
        _sequence = sequence;
        if (!transform.TrySeal(packet, sequence)) return 0;
        Usage.Count(length);
        return whole;
    }

    protected override void Move(SaSpec spec)
    {
        Local = EndpointOf(spec.Source, spec.Encapsulation?.SourcePort);
        Remote = EndpointOf(spec.Destination, spec.Encapsulation?.DestinationPort);
        Port = null;
    }

    /// <summary>RFC 4303 §3.3.3: without ESN the number must not come round. A moved SA has left out some, so packets do not say how many are left.</summary>
    private LimitVerdict Check()
    {
        if (!_extended && _sequence >= LastNumber) return LimitVerdict.Hard;
        LimitVerdict limits = Usage.Check();
        if (_extended || limits != LimitVerdict.Within || _sequence < NearlyLastNumber) return limits;
        return Usage.TellSoft() ? LimitVerdict.Soft : LimitVerdict.Within;
    }
}
