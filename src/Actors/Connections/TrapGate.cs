using Concentrator.Ike;
using Concentrator.Ike.Session;

namespace Concentrator.Actors.Connections;

/// <summary>
/// How traffic that finds a trap is served: one attempt at a time however often the kernel asks, after a failure not before a back-off has passed, and then
/// only if traffic has asked meanwhile. Not thread-safe.
/// </summary>
internal sealed class TrapGate(BackOff backOff, IRandom random)
{
    /// <summary>An attempt of which nothing was heard for so long does not keep traffic from asking again.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private int _failures;
    private TimeSpan _began;
    private TimeSpan _notBefore;

    /// <summary>An attempt is under way.</summary>
    public bool IsServing { get; private set; }

    /// <summary>The first packet that asked since the last attempt began; null when none did.</summary>
    public PacketSelectors? Waiting { get; private set; }

    /// <summary>Traffic asks. The packet to bring the child up for now; null: not now.</summary>
    public PacketSelectors? Ask(PacketSelectors packet, TimeSpan now)
    {
        Waiting ??= packet;
        return Begin(now);
    }

    /// <summary>The back-off may be over. The packet to bring the child up for now; null: there is none, or not now.</summary>
    public PacketSelectors? Begin(TimeSpan now)
    {
        if ((IsServing && now - _began < Patience) || now < _notBefore || Waiting is not { } packet) return null;
        IsServing = true;
        _began = now;
        Waiting = null;
        return packet;
    }

    /// <summary>The attempt is over. Returns how long nobody is to begin another.</summary>
    public TimeSpan Conclude(bool isUp, TimeSpan now)
    {
        IsServing = false;
        if (isUp)
        {
            _failures = 0;
            Waiting = null;
            return TimeSpan.Zero;
        }

        TimeSpan pause = backOff.Delay(++_failures, random);
        _notBefore = now + pause;
        return pause;
    }
}
