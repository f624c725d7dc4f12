namespace Concentrator.Kernel.Userspace;

/// <summary>What a packet does to the limits of its SA.</summary>
internal enum LimitVerdict
{
    Within,

    /// <summary>The soft limit is reached, for the first time: it is to be told.</summary>
    Soft,

    /// <summary>The hard limit is reached: the packet may not pass, and the SA ends.</summary>
    Hard,
}

/// <summary>
/// Octets and packets that an SA has carried, and its age, against its limits. As the kernel counts: inner octets, and a limit is looked at before the
/// packet. One that was there before counts on from <paramref name="progress"/>.
/// </summary>
internal sealed class SaUsage(SaLifetime lifetime, SaProgress? progress, TimeProvider time)
{
    private bool _softIsTold;
    private ulong _usedAt = progress?.UsedAt ?? 0;
    private long _lastUsedAt;

    public SaLifetime Lifetime { get; private set; } = lifetime;

    public ulong Bytes { get; private set; } = progress?.Bytes ?? 0;

    public ulong Packets { get; private set; } = progress?.Packets ?? 0;

    /// <summary>What its seconds are counted from, by the clock's ticks. Only a move asks what time it was by the calendar.</summary>
    public long AddedAt { get; } = time.GetTimestamp() - (progress is null ? 0 : (long)(Age(progress, time) * time.TimestampFrequency));

    /// <summary>Null: no packet has passed since it is here.</summary>
    public DateTimeOffset? LastUsed => _lastUsedAt == 0 ? null : time.GetUtcNow() - time.GetElapsedTime(_lastUsedAt);

    public SaProgress Progress =>
        new(0, 0, [], Bytes, Packets, (ulong)Math.Round(UnixSeconds(time) - time.GetElapsedTime(AddedAt).TotalSeconds), _usedAt);

    public LimitVerdict Check()
    {
        if (IsReached(Lifetime.HardBytes, Bytes) || IsReached(Lifetime.HardPackets, Packets)) return LimitVerdict.Hard;
        if (!IsReached(Lifetime.SoftBytes, Bytes) && !IsReached(Lifetime.SoftPackets, Packets)) return LimitVerdict.Within;
        return TellSoft() ? LimitVerdict.Soft : LimitVerdict.Within;
    }

    /// <summary>False when the soft limit was told before, whichever it was.</summary>
    public bool TellSoft()
    {
        bool isNew = !_softIsTold;
        _softIsTold = true;
        return isNew;
    }

    public void Count(int octets)
    {
        if (_usedAt == 0) _usedAt = (ulong)UnixSeconds(time);
        _lastUsedAt = time.GetTimestamp();
        Bytes += (ulong)octets;
        Packets++;
    }

    /// <summary>False when they are the same: what was told then stays told.</summary>
    public bool Change(SaLifetime lifetime)
    {
        if (lifetime == Lifetime) return false;
        Lifetime = lifetime;
        _softIsTold = false;
        return true;
    }

    private static bool IsReached(ulong limit, ulong value) => limit != 0 && value >= limit;

    private static double Age(SaProgress progress, TimeProvider time) => Math.Max(0, UnixSeconds(time) - progress.AddedAt);

    private static double UnixSeconds(TimeProvider time) => time.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0;
}
