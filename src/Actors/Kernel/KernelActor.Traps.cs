using Akka.Actor;
using Concentrator.Actors.Node;
using Concentrator.Kernel;
using Concentrator.Kernel.Netlink;

namespace Concentrator.Actors.Kernel;

/// <summary>Traps: policies that stand for children which are not up, and the traffic that asks for one.</summary>
internal sealed partial class KernelActor
{
    private readonly Dictionary<string, (TrapPlan Plan, IActorRef Owner)> _traps = [];

    private void Set(SetTrap set)
    {
        TrapPlan plan = set.Plan;
        Refusal? refusal;
        try
        {
            refusal = XfrmMapping.TryMap(plan, TrapOwner(plan), out TrapSpec? spec, out Refusal? unspeakable) ? _tables.SetTrap(spec) : unspeakable;
        }
        catch (Exception bug) when (bug is not OutOfMemoryException)
        {
            _node.Log.Knl.KernelActorFailed(bug, nameof(SetTrap));
            refusal = new Refusal(XfrmStep.OutboundPolicy, Errno.EINVAL, "", bug.Message, RefusalCause.Permanent, "");
        }

        if (refusal is not null)
        {
            set.Owner.Tell(new TrapRefused(plan, Refuse(refusal).Refusal));
            return;
        }

        if (_traps.Count == 0 && _backend is NetlinkXfrmBackend && LarvalPackets.AreDropped()) _node.Log.Knl.LarvalPacketsDropped();
        Context.Watch(set.Owner);
        _traps[plan.Name] = (plan, set.Owner);
        set.Owner.Tell(new TrapSet(plan));
    }

    private void Remove(RemoveTrap remove)
    {
        if (_traps.Remove(remove.Name, out (TrapPlan Plan, IActorRef Owner) trap)) _tables.RemoveTrap(TrapOwner(trap.Plan));
        remove.Owner.Tell(new TrapRemoved(remove.Name));
    }

    private void Spring(Acquire acquire)
    {
        _node.Log.Knl.Acquire(acquire.ReqId, acquire.Packet.ToString());
        foreach ((TrapPlan plan, IActorRef owner) in _traps.Values)
        {
            if (plan.ReqId == acquire.ReqId) owner.Tell(new TrapSprung(plan, XfrmMapping.PacketOf(acquire.Packet)));
        }
    }

    /// <summary>Another program has put a policy of its own in the place of one of the trap's: its owner may try again. False: it is no trap's name.</summary>
    private bool LoseTrap(string owner)
    {
        foreach ((TrapPlan plan, IActorRef actor) in _traps.Values)
        {
            if (TrapOwner(plan) != owner) continue;
            _tables.RemoveTrap(owner);
            _traps.Remove(plan.Name);
            Refusal taken = new(XfrmStep.OutboundPolicy, Errno.EEXIST, "", "another program has taken a policy with these selectors: ip xfrm policy shows it", RefusalCause.Policy, "");
            actor.Tell(new TrapRefused(plan, Refuse(taken).Refusal));
            return true;
        }

        return false;
    }

    private void SweepTrapsOf(IActorRef actor)
    {
        foreach ((TrapPlan plan, IActorRef owner) in _traps.Values.ToList())
        {
            if (!owner.Equals(actor)) continue;
            _tables.RemoveTrap(TrapOwner(plan));
            _traps.Remove(plan.Name);
        }
    }

    /// <summary>What the tables know it by; children are numbers.</summary>
    private static string TrapOwner(TrapPlan plan) => $"trap {plan.Name}";
}
