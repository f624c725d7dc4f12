using System.Net;
using Akka.Actor;
using Akka.Cluster;
using Concentrator.Actors.Draining;
using Concentrator.Actors.Node;
using Concentrator.Kernel;

namespace Concentrator.Actors.Clustering.Addresses;

/// <summary>
/// Give up all service addresses, each to a node that has the SAs of its tunnels by then, and take none any more. Answered with <see cref="AddressesLeft"/>. Where
/// it cannot be done the node keeps what it has, and takes part as before.
/// </summary>
/// <param name="Patience">How long it may take.</param>
/// <param name="Force">What another kernel refuses, or nobody can have, holds nothing up.</param>
internal sealed record LeaveAddresses(TimeSpan Patience, bool Force) : INoSerializationVerificationNeeded;

/// <summary><see cref="Problem"/>: why the node still has some; null: it has none.</summary>
internal sealed record AddressesLeft(string? Problem) : INoSerializationVerificationNeeded;

/// <summary>The node takes part again.</summary>
internal sealed record StayWithAddresses : INoSerializationVerificationNeeded
{
    public static StayWithAddresses Instance { get; } = new();
}

internal sealed partial class ServiceAddressActor
{
    /// <summary>How long a hand-over that came to nothing is left alone, where the node stays.</summary>
    private static readonly TimeSpan HandOverPause = TimeSpan.FromSeconds(5);

    /// <summary>Shorter than the neighbours are told of the new holder.</summary>
    private static readonly TimeSpan LingerTime = TimeSpan.FromMilliseconds(500);

    private const int FastReports = 20;
    private static readonly TimeSpan FastPeriod = TimeSpan.FromMilliseconds(10);

    private readonly Dictionary<IPAddress, string> _handingOver = [];
    private readonly Dictionary<IPAddress, TimeSpan> _notBefore = [];

    /// <summary>What went to whom, until the coordinator says so as well.</summary>
    private readonly Dictionary<IPAddress, string> _given = [];
    private LeaveAddresses? _leave;
    private IActorRef? _leaver;
    private TimeSpan _leaveBy;

    private void Leave(LeaveAddresses leave)
    {
        (_leave, _leaver, _leaveBy) = (leave, Sender, _node.Now + leave.Patience);
        _tenant.IsLeaving = true;
        _notBefore.Clear();
        Report();
        ConcludeLeaving();
    }

    /// <summary>The coordinator wants some of ours elsewhere: before they go, that node is to have what belongs to them.</summary>
    private void HandOver()
    {
        foreach (IPAddress stays in _handingOver.Keys.Where(address => !_tenant.Successors.ContainsKey(address)).ToList()) _handingOver.Remove(stays);
        foreach ((IPAddress address, string node) in _tenant.Successors)
        {
            if (_handingOver.GetValueOrDefault(address) == node || _notBefore.GetValueOrDefault(address) > _node.Now) continue;
            _handingOver[address] = node;
            _node.Actors.HandOver.Tell(new PrepareAddress(address, node), Self);
        }

        _node.Addresses.Moving = [.. _handingOver.Keys];
    }

    private void Give(AddressPrepared prepared)
    {
        if (_handingOver.GetValueOrDefault(prepared.Address) != prepared.Node) return;
        string? problem = prepared.Problem ?? (prepared.Refused > 0 && _tenant.IsLeaving ? $"the kernel of {prepared.Node} refused {prepared.Refused} SAs" : null);
        if (problem is not null && _leave is not { Force: true })
        {
            _handingOver.Remove(prepared.Address);
            _notBefore[prepared.Address] = _node.Now + HandOverPause;
            _node.Log.Clu.NotHandedOver(prepared.Address, Printable.Text(prepared.Node), Printable.Text(problem));
            if (_leave is not null) StopLeaving(problem);
            return;
        }

        _handingOver.Remove(prepared.Address);
        _node.Log.Clu.HandedOver(prepared.Address, Printable.Text(prepared.Node), prepared.Sessions);
        // What is on its way to us is ours to take until the neighbours have heard of the other.
        if (_addresses!.Linger(_known[prepared.Address]) is { } fault) _node.Log.Clu.ServiceAddressRefused(fault);
        _given[prepared.Address] = prepared.Node;
        Believe(_node.Addresses.Holders);
        Apply(_tenant.Release(prepared.Address));
        Report();
        if (MemberOf(prepared.Node) is { } next) _node.Actors.Neighbours!.ServiceAddressesOf(next.Address).Tell(new AddressFreed(prepared.Address), Self);
        Timers.StartSingleTimer(prepared.Address, new LingerOver(_known[prepared.Address]), LingerTime);
    }

    /// <summary>The coordinator may not have heard yet of what has left here.</summary>
    private IReadOnlyDictionary<IPAddress, string> Corrected(IReadOnlyDictionary<IPAddress, string> holders)
    {
        string self = NodeKey.Of(_cluster.SelfUniqueAddress);
        foreach (IPAddress known in _given.Keys.Where(address => holders.GetValueOrDefault(address) != self).ToList()) _given.Remove(known);
        return _given.Count == 0 ? holders : holders.ToDictionary(one => one.Key, one => _given.GetValueOrDefault(one.Key, one.Value));
    }

    private Member? MemberOf(string node) => _cluster.State.Members.FirstOrDefault(member => NodeKey.Of(member.UniqueAddress) == node);

    /// <summary>Its former holder has told the coordinator as well, which may hear of it a little later than we do.</summary>
    private void Expect(IPAddress address, int left = FastReports)
    {
        if (left == 0 || !_known.ContainsKey(address) || _tenant.Held.Contains(address)) return;
        Report();
        Timers.StartSingleTimer((nameof(ReportSoon), address), new ReportSoon(address, left - 1), FastPeriod);
    }

    private void ConcludeLeaving()
    {
        if (_leave is null || _tenant.Held.Count > 0) return;
        _leaver!.Tell(new AddressesLeft(null));
        (_leave, _leaver) = (null, null);
    }

    private void GiveUpLeaving()
    {
        if (_leave is null || _leaveBy > _node.Now) return;
        StopLeaving(_handingOver.Count > 0
            ? $"{string.Join(", ", _handingOver.Values.Distinct())} did not get ready in time"
            : "no other node can have its service addresses");
    }

    private void StopLeaving(string problem)
    {
        _leaver!.Tell(new AddressesLeft(problem));
        (_leave, _leaver) = (null, null);
        _tenant.IsLeaving = false;
    }

    private sealed record LingerOver(ServiceAddress Address) : INoSerializationVerificationNeeded;

    private sealed record ReportSoon(IPAddress Address, int Left) : INoSerializationVerificationNeeded;
}
