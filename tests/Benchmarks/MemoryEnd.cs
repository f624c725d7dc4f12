using Concentrator.Ike.Session;

namespace Concentrator.Benchmarks;

/// <summary>One end of an IKE SA in memory: its datagrams are handed over by whoever owns it, and its kernel accepts everything at once.</summary>
internal sealed class MemoryEnd(IkeSession session) : IDisposable
{
    private readonly List<SessionTimer> _lingering = [];

    /// <summary>What is to be sent.</summary>
    public Queue<ReadOnlyMemory<byte>> Outbox { get; } = new();

    /// <summary>How many children were installed so far.</summary>
    public int Installed { get; private set; }

    public uint LastChild { get; private set; }

    public void Handle(SessionInput input)
    {
        Queue<SessionInput> inputs = new([input]);
        while (inputs.TryDequeue(out SessionInput? next))
        {
            foreach (SessionEffect effect in session.Handle(next, TimeSpan.Zero))
            {
                if (Perform(effect) is { } report) inputs.Enqueue(report);
            }
        }
    }

    /// <summary>Time passes for what was replaced.</summary>
    public void Lapse()
    {
        foreach (SessionTimer timer in _lingering.ToList()) Handle(new TimerElapsed(timer));
        _lingering.Clear();
    }

    public void Dispose() => session.Dispose();

    private static uint SpiOf(uint childId) => 0xc0000000 + childId;

    private SessionInput? Perform(SessionEffect effect)
    {
        switch (effect)
        {
            case Transmit transmit:
                Outbox.Enqueue(transmit.Message);
                return null;
            case ArmTimer { Timer.Kind: TimerKind.ChildGone or TimerKind.ReplacedIkeGone } arm:
                _lingering.Add(arm.Timer);
                return null;
            case StartChild start:
                LastChild = start.Plan.ChildId;
                return null;
            case TellChild { Command: ReserveSpi } tell:
                return new SpiReserved(tell.ChildId, SpiOf(tell.ChildId));
            case TellChild { Command: InstallChild install } tell:
                install.Parameters.Keys.Dispose();
                Installed++;
                return new ChildInstalled(tell.ChildId, SpiOf(tell.ChildId));
            case TellChild { Command: ActivateChild } tell:
                return new ChildActivated(tell.ChildId);
            case TellChild { Command: RemoveChild } tell:
                return new ChildRemoved(tell.ChildId);
            case Ended ended:
                throw new InvalidOperationException($"The IKE SA ended: {ended.Reason}.");
            default:
                return null;
        }
    }
}
