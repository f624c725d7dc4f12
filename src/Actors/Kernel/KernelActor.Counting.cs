using Akka.Actor;
using Concentrator.Ike.Session;
using Concentrator.Kernel;

namespace Concentrator.Actors.Kernel;

/// <summary>What has passed through SAs: for the children that ask by themselves, and for people.</summary>
internal sealed partial class KernelActor
{
    /// <summary>Serves liveness checks and keepalives, which go on without an answer: one that comes too late is not given.</summary>
    private void Count(CountPackets count)
    {
        if (count.Deadline < _node.Now) return;
        Dictionary<uint, string> owners = [];
        foreach ((uint childId, IActorRef child) in count.Children)
        {
            if (_owners.TryGetValue(child, out KernelOwner? owner)) owners.Add(childId, owner.Name);
        }

        IReadOnlyDictionary<string, (ulong Received, ulong Sent)> counted = _tables.CountPackets([.. owners.Values]);
        Dictionary<uint, PacketCount> packets = [];
        foreach ((uint childId, string owner) in owners)
        {
            if (counted.TryGetValue(owner, out (ulong Received, ulong Sent) of)) packets.Add(childId, new PacketCount(of.Received, of.Sent));
        }

        Sender.Tell(new TrafficCounted(packets));
    }

    /// <summary>In the order of the question; null where the kernel does not have the SA.</summary>
    private SaInfo?[] TrafficOf(IReadOnlyList<SaId> sas)
    {
        XfrmReply[] replies = new XfrmReply[sas.Count];
        _backend.Execute([.. sas.Select(id => new GetSa(id))], replies);
        return [.. replies.Select(reply => reply.Sa)];
    }
}

/// <summary>Answered with an array of <see cref="SaInfo"/>, null for those that the kernel does not have.</summary>
internal sealed record CountTraffic(IReadOnlyList<SaId> Sas) : INoSerializationVerificationNeeded;
