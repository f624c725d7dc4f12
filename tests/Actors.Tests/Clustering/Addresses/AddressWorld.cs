using System.Net;
using Concentrator.Actors.Clustering.Addresses;

namespace Concentrator.Actors.Tests.Clustering.Addresses;

/// <summary>
/// Nodes with ledgers and tenants, a network that delays, loses and parts, and kernels that count lifetimes: all in virtual time. Each node reports to whom it takes for
/// the coordinator. After every step no address may be in two kernels.
/// </summary>
internal sealed class AddressWorld
{
    public static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);

    private readonly Random _random;
    private readonly PriorityQueue<Action, (TimeSpan At, long Order)> _inFlight = new();
    private readonly Dictionary<(string From, string To), TimeSpan> _last = [];
    private long _order;

    public AddressWorld(int seed, int nodes, int addresses, bool handsOver = false)
    {
        HandsOver = handsOver;
        _random = new Random(seed);
        Addresses = [.. Enumerable.Range(1, addresses).Select(i => IPAddress.Parse($"192.0.2.{i}"))];
        for (int i = 0; i < nodes; i++) Start($"n{i}");
    }

    public TimeSpan Now { get; private set; } = TimeSpan.FromSeconds(100);

    public IReadOnlyList<IPAddress> Addresses { get; }

    public List<SimulatedNode> Nodes { get; } = [];

    /// <summary>Who counts for a majority; all that ever started unless a test says otherwise.</summary>
    public Func<IReadOnlyCollection<string>>? Members { get; set; }

    public Func<string, string, bool> Connects { get; set; } = (_, _) => true;

    /// <summary>Nodes that start from now on give addresses up by themselves.</summary>
    public bool HandsOver { get; init; }

    /// <summary>How long it takes until a successor is prepared.</summary>
    public TimeSpan Preparation { get; set; } = TimeSpan.FromMilliseconds(300);

    public TimeSpan LongestDelay { get; set; } = TimeSpan.FromMilliseconds(20);

    public double Loss { get; set; }

    public SimulatedNode Start(string name)
    {
        SimulatedNode node = new(this, name, Now) { Coordinator = Nodes.Count == 0 ? name : Nodes[0].Name };
        Nodes.Add(node);
        return node;
    }

    public IReadOnlyCollection<string> CurrentMembers => Members?.Invoke() ?? [.. Nodes.Select(node => node.Name)];

    public void Run(TimeSpan time, Action? each = null)
    {
        for (TimeSpan end = Now + time; Now < end; Now += Step)
        {
            each?.Invoke();
            while (_inFlight.TryPeek(out _, out (TimeSpan At, long Order) next) && next.At <= Now) _inFlight.Dequeue()();
            foreach (SimulatedNode node in Nodes) node.Tick();
            AssertNoAddressIsTwice();
        }
    }

    /// <summary>Messages of one node to another keep their order, as on a connection.</summary>
    public void Send(string from, string to, Action<SimulatedNode> deliver)
    {
        if (!Connects(from, to) || _random.NextDouble() < Loss) return;
        TimeSpan at = Now + LongestDelay * _random.NextDouble();
        if (_last.TryGetValue((from, to), out TimeSpan before) && before > at) at = before;
        _last[(from, to)] = at;
        _inFlight.Enqueue(() => Nodes.Find(node => node.Name == to)?.Receive(deliver), (at, _order++));
    }

    public IEnumerable<string> HoldersOf(IPAddress address) => Nodes.Where(node => node.KernelHas(address)).Select(node => node.Name);

    private void AssertNoAddressIsTwice()
    {
        foreach (IPAddress address in Addresses)
        {
            string[] holders = [.. HoldersOf(address)];
            Assert.True(holders.Length <= 1, $"{address} is on {string.Join(" and ", holders)} at {Now.TotalSeconds:F2} s");
        }
    }
}

/// <summary>One life of a node. Paused it does nothing, and what comes meanwhile waits; its kernel goes on.</summary>
internal sealed class SimulatedNode(AddressWorld world, string name, TimeSpan started)
{
    private readonly AddressLedger _ledger = new(name);
    private readonly Queue<Action<SimulatedNode>> _waiting = [];
    private readonly Dictionary<IPAddress, TimeSpan> _kernel = [];
    private TimeSpan _next;

    public string Name { get; } = name;

    public AddressTenant Tenant { get; } = new(name, world.Addresses, started) { HandsOver = world.HandsOver };

    public required string Coordinator { get; set; }

    /// <summary>Since when another node is being prepared, by address.</summary>
    public Dictionary<IPAddress, (string Node, TimeSpan Since)> Preparing { get; } = [];

    /// <summary>As it was told last.</summary>
    public IReadOnlyDictionary<IPAddress, string> Heirs { get; private set; } = new Dictionary<IPAddress, string>();

    public bool IsPaused { get; set; }

    public bool IsDead { get; set; }

    public bool KernelHas(IPAddress address) => _kernel.TryGetValue(address, out TimeSpan end) && end > world.Now;

    public void Receive(Action<SimulatedNode> deliver)
    {
        if (IsDead) return;
        if (IsPaused) _waiting.Enqueue(deliver);
        else deliver(this);
    }

    public void Tick()
    {
        if (IsPaused || IsDead) return;
        while (_waiting.TryDequeue(out Action<SimulatedNode>? deliver)) deliver(this);
        Apply(Tenant.Expire(world.Now));
        HandOver();
        if (world.Now < _next) return;
        _next = world.Now + AddressLease.ReportPeriod;
        Report();
    }

    public void Report()
    {
        AddressReport report = Tenant.Report(Coordinator, world.Now);
        world.Send(Name, Coordinator, coordinator => coordinator.Answer(report));
    }

    private void HandOver()
    {
        foreach (IPAddress stays in Preparing.Keys.Except(Tenant.Successors.Keys).ToList()) Preparing.Remove(stays);
        foreach ((IPAddress address, string node) in Tenant.Successors)
        {
            if (!Preparing.TryGetValue(address, out (string Node, TimeSpan Since) begun) || begun.Node != node) Preparing[address] = begun = (node, world.Now);
            if (world.Now - begun.Since < world.Preparation) continue;
            Apply(Tenant.Release(address));
            Report();
        }
    }

    private void Answer(AddressReport report)
    {
        AddressGrant grant = _ledger.Take(report, world.CurrentMembers, world.Now);
        world.Send(Name, report.Node, node =>
        {
            if (grant.IsDecided) node.Heirs = grant.Heirs;
            node.Apply(node.Tenant.Take(grant, world.Now));
        });
    }

    private void Apply(List<AddressChange> changes)
    {
        foreach (AddressChange change in changes)
        {
            // The worst that the kernel does: it ends an address late.
            if (change.Life is { } life) _kernel[change.Address] = world.Now + life + AddressLease.KernelSlack;
            else _kernel.Remove(change.Address);
        }
    }
}
