using System.Buffers.Binary;

namespace Concentrator.Kernel.Userspace;

/// <summary>An SA for what we receive.</summary>
internal sealed class InboundSa : UserspaceSa
{
    private static readonly TimeSpan MappingPause = TimeSpan.FromSeconds(1);

    private readonly ReplayWindow _window;
    private UdpEndpoint _remote;
    private UdpEndpoint _told;
    private long _toldAt;

    public InboundSa(SaSpec spec, EspTransform transform, TimeProvider time)
        : base(spec.Id, spec.Source, spec.ReqId, spec, transform, time)
    {
        _window = new ReplayWindow(spec.ReplayWindow, spec.ExtendedSequenceNumbers);
        if (spec.Progress is { } progress) _window.Resume(progress.Received, progress.Window);
        Move(spec);
    }

    /// <summary>The highest sequence number that was authentic.</summary>
    public ulong Top => _window.Top;

    protected override SaProgress Progress => base.Progress with { Received = _window.Top, Window = _window.Words };

    /// <summary>
    /// RFC 4303 §3.4.2 to 3.4.4: window, authenticity, window again, padding. Decrypts in place; <paramref name="payload"/> is where. Nothing of the SA
    /// changes for a packet that is not authentic. Within the lock.
    /// </summary>
    public EspVerdict Open(Span<byte> packet, out Range payload, out byte nextHeader)
    {
        EspTransform transform = Transform!;
        payload = default;
        nextHeader = 0;
        if (!transform.IsPlausible(packet.Length)) return EspVerdict.Malformed;
        if (!_window.TryInfer(BinaryPrimitives.ReadUInt32BigEndian(packet[4..]), out ulong sequence) || !_window.IsNew(sequence)) return EspVerdict.Replayed;
        if (!transform.TryOpen(packet, sequence)) return EspVerdict.Forged;
        _window.Accept(sequence);
        int length = EspTrailer.Strip(packet[transform.Front..^transform.IcvSize], out nextHeader);
        if (length < 0) return EspVerdict.Malformed;
        payload = transform.Front..(transform.Front + length);
        return EspVerdict.Delivered;
    }

    /// <summary>An authentic packet came from there. True when that is news, at most once a second for the same place.</summary>
    public bool IsNewMapping(in UdpEndpoint remote, TimeProvider time)
    {
        if (remote == _remote || (remote == _told && time.GetElapsedTime(_toldAt) < MappingPause)) return false;
        _told = remote;
        _toldAt = time.GetTimestamp();
        return true;
    }

    protected override void Move(SaSpec spec) => _remote = EndpointOf(spec.Source, spec.Encapsulation?.SourcePort);
}
