namespace Concentrator.Ike.Configuration;

/// <summary>
/// The limits of a CHILD_SA (swanctl.conf <c>rekey_*</c>, <c>life_*</c>, <c>rand_*</c>). At the first of its rekey limits it is rekeyed, at the first of its
/// life limits it ends. Zero: without that limit. A rekey limit is brought forward by a random part of its jitter, so that many do not come at once.
/// </summary>
public sealed record ChildLifetime
{
    public TimeSpan RekeyTime { get; init; } = TimeSpan.FromHours(1);

    public TimeSpan LifeTime { get; init; } = TimeSpan.FromMinutes(66);

    public TimeSpan RandTime { get; init; } = TimeSpan.FromMinutes(6);

    public ulong RekeyBytes { get; init; }

    public ulong LifeBytes { get; init; }

    public ulong RandBytes { get; init; }

    public ulong RekeyPackets { get; init; }

    public ulong LifePackets { get; init; }

    public ulong RandPackets { get; init; }
}
