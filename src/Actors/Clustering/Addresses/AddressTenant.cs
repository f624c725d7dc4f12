using System.Net;

namespace Concentrator.Actors.Clustering.Addresses;

/// <summary>What the tenant wants done: to have the address for <see cref="Life"/> more, or, where that is null, to be rid of it.</summary>
internal readonly record struct AddressChange(IPAddress Address, TimeSpan? Life, bool IsNew);

/// <summary>The node's side: what it holds, and until when. It knows no clock, no kernel and no wire.</summary>
/// <param name="node">This life of this node.</param>
/// <param name="able">Addresses that it may be given.</param>
/// <param name="started">When this life began.</param>
internal sealed class AddressTenant(string node, IReadOnlyList<IPAddress> able, TimeSpan started)
{
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(30);

    /// <summary>What the kernel refused is left to other nodes for so long.</summary>
    private static readonly TimeSpan Sulk = TimeSpan.FromSeconds(10);

    private readonly Dictionary<long, TimeSpan> _sent = [];
    private readonly Dictionary<IPAddress, TimeSpan> _held = [];
    private readonly Dictionary<string, (long Number, TimeSpan At)> _followed = [];
    private readonly Dictionary<IPAddress, TimeSpan> _refused = [];
    private readonly Dictionary<IPAddress, long> _released = [];
    private long _number;

    public IReadOnlyCollection<IPAddress> Held => _held.Keys;

    /// <summary>It takes nothing new, and gives up what it has when it is told to.</summary>
    public bool IsDraining { get; set; }

    /// <summary>It takes nothing new, and gives up what it has by itself, one after the other (<see cref="Release"/>).</summary>
    public bool IsLeaving { get; set; }

    /// <summary>Whether it gives up by itself what is to move: sessions are kept, and their SAs can be where the address comes to.</summary>
    public bool HandsOver { get; init; }

    /// <summary>What it is to give up, and to which node, by the last grant that was followed.</summary>
    public IReadOnlyDictionary<IPAddress, string> Successors { get; private set; } = new Dictionary<IPAddress, string>();

    public AddressReport Report(string coordinator, TimeSpan now)
    {
        foreach (long old in _sent.Where(sent => sent.Value + AddressLease.Duration < now).Select(sent => sent.Key).ToList()) _sent.Remove(old);
        foreach (string old in _followed.Where(one => one.Value.At + Memory < now).Select(one => one.Key).ToList()) _followed.Remove(old);
        _sent[++_number] = now;
        TimeSpan foreign = _followed.Where(one => one.Key != coordinator).Select(one => one.Value.At).Append(started).Max();
        return new AddressReport(node, _number, _followed.GetValueOrDefault(coordinator).Number, IsDraining || IsLeaving ? [] : [.. able.Where(address => IsUsable(address, now))], [.. _held.Keys], now - foreign)
        {
            HandsOver = HandsOver && !IsDraining,
        };
    }

    /// <summary>What a grant changes. One that answers a report of long ago changes nothing.</summary>
    public List<AddressChange> Take(AddressGrant grant, TimeSpan now)
    {
        List<AddressChange> changes = [];
        if (!_sent.TryGetValue(grant.Echo, out TimeSpan sent)) return changes;
        _followed[grant.Coordinator] = (grant.Number, now);
        if (!grant.IsDecided) return changes;
        Successors = grant.Successors.Where(one => _held.ContainsKey(one.Key)).ToDictionary();
        TimeSpan end = sent + AddressLease.Duration;
        TimeSpan life = TimeSpan.FromSeconds(Math.Floor((end - now - AddressLease.KernelSlack).TotalSeconds));
        foreach (IPAddress address in IsDraining ? [] : grant.Addresses)
        {
            if (life < TimeSpan.FromSeconds(1) || !able.Contains(address) || !IsUsable(address, now)) continue;
            // What was given up since the coordinator heard of it is not taken back; it sees that this grant was followed without.
            if (!_held.ContainsKey(address) && (IsLeaving || grant.Echo <= _released.GetValueOrDefault(address))) continue;
            changes.Add(new AddressChange(address, life, !_held.ContainsKey(address)));
            _held[address] = end;
        }

        foreach (IPAddress address in _held.Keys.Except(IsDraining ? [] : grant.Addresses).ToList()) changes.Add(Drop(address));
        return changes;
    }

    /// <summary>Those whose lease is over; the kernel has ended them by now, or does so at the same time.</summary>
    public List<AddressChange> Expire(TimeSpan now) => [.. _held.Where(held => held.Value <= now).Select(held => held.Key).ToList().Select(Drop)];

    /// <summary>One that another node is prepared to have.</summary>
    public List<AddressChange> Release(IPAddress address)
    {
        if (!_held.ContainsKey(address)) return [];
        _released[address] = _number;
        return [Drop(address)];
    }

    /// <summary>All: the node stops.</summary>
    public List<AddressChange> Clear() => [.. _held.Keys.ToList().Select(Drop)];

    /// <summary>The kernel did not take it.</summary>
    public void Refuse(IPAddress address, TimeSpan now)
    {
        _held.Remove(address);
        _refused[address] = now + Sulk;
    }

    private bool IsUsable(IPAddress address, TimeSpan now) => !_refused.TryGetValue(address, out TimeSpan end) || end <= now;

    private AddressChange Drop(IPAddress address)
    {
        _held.Remove(address);
        return new AddressChange(address, null, IsNew: false);
    }
}
