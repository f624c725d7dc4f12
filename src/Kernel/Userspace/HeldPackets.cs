using System.Buffers;

namespace Concentrator.Kernel.Userspace;

/// <summary>
/// Packets that wait for an SA, oldest first: few for each policy, and few in all. It also says when a policy's want of an SA is to be told: at its
/// first packet, and again after as long as the kernel keeps a larval SA. Safe from any thread.
/// </summary>
internal sealed class HeldPackets(TimeProvider time)
{
    private const int MostInAll = 256;
    private const int MostOfOne = 8;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private readonly Queue<Held> _held = new();
    private readonly Dictionary<uint, Want> _wants = [];

    /// <summary>What is held may be sent now, perhaps.</summary>
    public event Action? Due;

    public int Count
    {
        get
        {
            lock (_lock) return _held.Count;
        }
    }

    /// <summary>Copies the packet, unless there are too many. <paramref name="until"/> is 0, or the deadline of one that was held before.</summary>
    public bool TryHold(uint policy, ReadOnlySpan<byte> packet, long until, out bool isFirst)
    {
        long now = time.GetTimestamp(), patience = (long)(Patience.TotalSeconds * time.TimestampFrequency);
        lock (_lock)
        {
            DropOverdue(now);
            _wants.TryGetValue(policy, out Want want);
            isFirst = want.ToldUntil <= now;
            if (isFirst) want = want with { ToldUntil = now + patience };

            bool isHeld = _held.Count < MostInAll && want.Packets < MostOfOne && (until == 0 || until > now);
            if (isHeld)
            {
                byte[] copy = ArrayPool<byte>.Shared.Rent(packet.Length);
                packet.CopyTo(copy);
                _held.Enqueue(new Held(policy, copy, packet.Length, until == 0 ? now + patience : until));
                want = want with { Packets = want.Packets + 1 };
            }

            _wants[policy] = want;
            return isHeld;
        }
    }

    /// <summary>Copies the oldest into <paramref name="room"/>; one that is too long for it is dropped.</summary>
    public bool TryTake(Span<byte> room, out int length, out long deadline)
    {
        lock (_lock)
        {
            DropOverdue(time.GetTimestamp());
            while (_held.TryPeek(out Held? held))
            {
                length = held.Length;
                deadline = held.Deadline;
                bool fits = length <= room.Length;
                if (fits) held.Octets.AsSpan(0, length).CopyTo(room);
                Drop();
                if (fits) return true;
            }
        }

        length = 0;
        deadline = 0;
        return false;
    }

    /// <summary>An SA is new, or a policy is another: those that wait try again.</summary>
    public void Retry()
    {
        if (Count > 0) Due?.Invoke();
    }

    /// <summary>A policy has changed or is gone: its next want is told at once.</summary>
    public void Forget(uint policy)
    {
        lock (_lock)
        {
            if (_wants.TryGetValue(policy, out Want want)) Set(policy, want with { ToldUntil = 0 });
        }
    }

    public void Clear()
    {
        lock (_lock)
        {
            _wants.Clear();
            while (_held.Count > 0) Drop();
        }
    }

    private void DropOverdue(long now)
    {
        while (_held.TryPeek(out Held? held) && held.Deadline <= now) Drop();
    }

    private void Drop()
    {
        Held held = _held.Dequeue();
        ArrayPool<byte>.Shared.Return(held.Octets, clearArray: true);
        if (_wants.TryGetValue(held.Policy, out Want want)) Set(held.Policy, want with { Packets = want.Packets - 1 });
    }

    private void Set(uint policy, Want want)
    {
        if (want == default) _wants.Remove(policy);
        else _wants[policy] = want;
    }

    private sealed record Held(uint Policy, byte[] Octets, int Length, long Deadline);

    private readonly record struct Want(int Packets, long ToldUntil);
}
