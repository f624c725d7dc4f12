using Concentrator.Ike.Registries;
using Concentrator.Ike.Session;
using Concentrator.Ike.Session.State;

namespace Concentrator.Ike.Tests.Session;

/// <summary>Stands for a CHILD_SA actor with its kernel: keeps what is installed, and refuses or stalls where the test says so.</summary>
internal sealed class KernelDouble
{
    /// <summary>In the order in which they began to send.</summary>
    private readonly List<(uint ChildId, string Config)> _senders = [];

    private ChildReport? _held;

    public Dictionary<uint, uint> Reserved { get; } = [];

    public Dictionary<uint, ChildSaParameters> Installed { get; } = [];

    /// <summary>Of those installed: whether traffic goes out through it.</summary>
    public Dictionary<uint, bool> Sending { get; } = [];

    /// <summary>Every move that was asked for, oldest first.</summary>
    public List<(uint ChildId, MoveChild Move)> Moves { get; } = [];

    /// <summary>No child can be moved.</summary>
    public bool RefuseMoves { get; set; }

    /// <summary>Packets that came in, by child; of one that is not here the kernel does not know.</summary>
    public Dictionary<uint, ulong> Received { get; } = [];

    /// <summary>Packets that went out, by child.</summary>
    public Dictionary<uint, ulong> Sent { get; } = [];

    /// <summary>What it says when it is asked.</summary>
    public TrafficCounted Counted => new(Received.Keys.Union(Sent.Keys).ToDictionary(id => id, id => new PacketCount(Received.GetValueOrDefault(id), Sent.GetValueOrDefault(id))));

    /// <summary>It does not say what came in.</summary>
    public bool IsSilent { get; set; }

    /// <summary>How often it was asked.</summary>
    public int Questions { get; set; }

    /// <summary>A name for each child installed that is the same on both sides, in order.</summary>
    public IEnumerable<string> Children => Installed.Values.Select(NameOf).Order(StringComparer.Ordinal);

    /// <summary>What traffic of this configuration goes out through now, which is the child that began to send last, is installed at the other end.</summary>
    public bool SendsInto(KernelDouble peer, string config)
    {
        uint last = _senders.FindLast(s => s.Config == config).ChildId;
        return Installed.TryGetValue(last, out ChildSaParameters? sends) && peer.Installed.Values.Any(p => NameOf(p) == NameOf(sends));
    }

    /// <summary>A child that waits cannot take over.</summary>
    public bool RefuseActivation { get; set; }

    /// <summary>The next reservation is refused with this advice.</summary>
    public RetryAdvice? RefuseSpi { get; set; }

    /// <summary>As long as this is set installs are refused: as responder with this notify, as initiator with a Delete.</summary>
    public NotifyType? RefuseInstall { get; set; }

    public RetryAdvice Advice { get; set; } = RetryAdvice.BackOff;

    /// <summary>Installs are not answered until the test releases them.</summary>
    public bool Hold { get; set; }

    public int InstallAttempts { get; private set; }

    public uint NextSpi { get; set; } = 0xc0000001;

    public ChildReport Reserve(ChildPlan plan)
    {
        if (RefuseSpi is { } advice)
        {
            RefuseSpi = null;
            return new ChildRefused(plan.ChildId, new RefusalVerdict(null, null, advice));
        }

        Reserved[plan.ChildId] = NextSpi++;
        return new SpiReserved(plan.ChildId, Reserved[plan.ChildId]);
    }

    public ChildReport? Install(ChildPlan plan, ChildSaParameters parameters)
    {
        InstallAttempts++;
        if (!Reserved.Remove(plan.ChildId, out uint spi)) spi = NextSpi++;
        ChildReport report;
        if (RefuseInstall is { } notify)
        {
            report = new ChildRefused(plan.ChildId, plan.IsInitiator
                ? new RefusalVerdict(null, spi, Advice)
                : new RefusalVerdict(notify, null, Advice));
        }
        else
        {
            Installed[plan.ChildId] = parameters;
            Sending[plan.ChildId] = !parameters.HoldOutbound;
            if (!parameters.HoldOutbound) _senders.Add((plan.ChildId, plan.Config.Name));
            report = new ChildInstalled(plan.ChildId, spi);
        }

        if (!Hold) return report;
        _held = report;
        return null;
    }

    /// <summary>The SAs of a child that comes back with its session.</summary>
    public ChildReport? Restore(ChildPlan plan, RestoredChild restored)
    {
        NextSpi = Math.Max(NextSpi, restored.InboundSpi + 1);
        if (restored.Parameters is not { } parameters)
        {
            Reserved[plan.ChildId] = restored.InboundSpi;
            return null;
        }

        Installed[plan.ChildId] = parameters;
        Sending[plan.ChildId] = !parameters.HoldOutbound && !restored.IsRetired;
        if (Sending[plan.ChildId]) _senders.Add((plan.ChildId, plan.Config.Name));
        ChildInstalled report = new(plan.ChildId, restored.InboundSpi);
        if (!Hold) return report;
        _held = report;
        return null;
    }

    public void Clear()
    {
        Installed.Clear();
        Sending.Clear();
        Reserved.Clear();
        _senders.Clear();
        _held = null;
    }

    public ChildReport Activate(ChildPlan plan)
    {
        if (RefuseActivation)
        {
            Remove(plan.ChildId);
            return new ChildRefused(plan.ChildId, new RefusalVerdict(null, null, RetryAdvice.BackOff));
        }

        Sending[plan.ChildId] = true;
        _senders.Add((plan.ChildId, plan.Config.Name));
        return new ChildActivated(plan.ChildId);
    }

    public ChildReport? Retire(uint childId)
    {
        Sending[childId] = false;
        _senders.RemoveAll(s => s.ChildId == childId);
        return null;
    }

    public ChildReport? Move(ChildPlan plan, MoveChild move)
    {
        Moves.Add((plan.ChildId, move));
        if (RefuseMoves)
        {
            Remove(plan.ChildId);
            return new ChildRefused(plan.ChildId, new RefusalVerdict(null, null, RetryAdvice.BackOff));
        }

        Installed[plan.ChildId] = Installed[plan.ChildId] with { LocalEndpoint = move.Local, RemoteEndpoint = move.Remote, UdpEncapsulation = move.UdpEncapsulation };
        return null;
    }

    public ChildReport Remove(uint childId)
    {
        Reserved.Remove(childId);
        Sending.Remove(childId);
        _senders.RemoveAll(s => s.ChildId == childId);
        Installed.Remove(childId);
        return new ChildRemoved(childId);
    }

    private static string NameOf(ChildSaParameters parameters) => Convert.ToHexString(parameters.Keys.EncryptionInitiator.Span);

    public ChildReport TakeHeld()
    {
        ChildReport held = _held ?? throw new InvalidOperationException("Nothing is held back.");
        _held = null;
        return held;
    }
}
