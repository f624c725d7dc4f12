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

/// <summary>Octets and packets that an SA has carried, against its limits. As the kernel counts: inner octets, and a limit is looked at before the packet.</summary>
internal sealed class SaUsage(SaLifetime lifetime)
{
    private bool _softIsTold;

    public SaLifetime Lifetime { get; private set; } = lifetime;

    public ulong Bytes { get; private set; }

    public ulong Packets { get; private set; }

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
        Bytes += (ulong)octets;
        Packets++;
    }

    public void Change(SaLifetime lifetime)
    {
        Lifetime = lifetime;
        _softIsTold = false;
    }

    private static bool IsReached(ulong limit, ulong value) => limit != 0 && value >= limit;
}
