using Akka.Actor;
using Concentrator.Actors.Node;
using Concentrator.Kernel;

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

        Context.Watch(set.Owner);
        _traps[plan.Name] = (plan, set.Owner);
        set.Owner.Tell(new TrapSet(plan));
    }

    private void Spring(Acquire acquire)
    {
        _node.Log.Knl.Acquire(acquire.ReqId, acquire.Packet.ToString());
        foreach ((TrapPlan plan, IActorRef owner) in _traps.Values)
        {
            if (plan.ReqId == acquire.ReqId) owner.Tell(new TrapSprung(plan, XfrmMapping.PacketOf(acquire.Packet)));
        }
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
