using System.Globalization;
using Akka.Actor;
using Concentrator.Actors.ChildSa;
using Concentrator.Actors.Kernel;
using Concentrator.Actors.Node;
using Concentrator.Ike.Session;

namespace Concentrator.Actors.IkeSa;

internal sealed partial class IkeSaActor
{
    private readonly Dictionary<uint, IActorRef> _children = [];
    private readonly HashSet<uint> _finishedChildren = [];

    /// <summary>By the name of the configuration: a child that replaces another has its reqid, so that one policy serves both while they overlap.</summary>
    private readonly Dictionary<string, uint> _reqIds = [];

    private void StartChild(ChildPlan plan)
    {
        ChildSaName name = new(plan.Config.Name, _node.ChildSaNumbers.Next());
        IActorRef child = Context.ActorOf(
            ChildSaActor.Props(_node, new ChildSaBirth(plan, name, Name, _entry!, ReqIdOf(plan), _ikeSa.Path?.Remote) { Kernel = Kernel }), plan.ChildId.ToString(CultureInfo.InvariantCulture));
        Context.Watch(child);
        _children.Add(plan.ChildId, child);
    }

    private uint ReqIdOf(ChildPlan plan)
    {
        if (plan.Config.ReqId != 0) return plan.Config.ReqId;
        if (!_reqIds.TryGetValue(plan.Config.Name, out uint reqId))
            _reqIds[plan.Config.Name] = reqId = _node.ReqIdFor(_ikeSa.Name, plan.Config, _ikeSa.Path?.Remote.Address);
        return reqId;
    }

    /// <summary>From here, not from its owner: so it is in the KernelActor's mailbox before what the children are told next.</summary>
    private void LeaveTrap(LeaveTrap trap)
    {
        TrapPlan plan = new(trap.Connection, trap.Child, trap.Local, trap.Remote, _node.TrapReqIds.For(trap.Connection, trap.Child, trap.Remote));
        _node.Actors.Kernel.Tell(new SetTrap(plan, _node.Actors.Connections), Self);
    }

    private void TellChild(uint childId, ChildCommand command)
    {
        if (_children.TryGetValue(childId, out IActorRef? child))
        {
            child.Tell(command);
            return;
        }

        // A child stops once the kernel refused it; to remove it then is to have removed it.
        if (command is RemoveChild) Self.Tell(new ChildRemoved(childId));
        else throw new InvalidOperationException($"There is no child {childId} to tell {command.GetType().Name}.");
    }

    private void AskKernelForTraffic() => Kernel.Tell(
        new CountPackets(new Dictionary<uint, IActorRef>(_children), _node.Now + _node.Session.TrafficPatience), Self);

    /// <summary>After these reports a child has nothing left in the kernel, and stops by itself.</summary>
    private void NoteFinished(SessionInput input)
    {
        if (input is ChildRefused or ChildRemoved && _children.ContainsKey(((ChildReport)input).ChildId))
            _finishedChildren.Add(((ChildReport)input).ChildId);
    }

    /// <summary>A child that stops before it reported an end has died, and takes the IKE SA along.</summary>
    private void LoseChild(IActorRef child)
    {
        uint childId = uint.Parse(child.Path.Name, CultureInfo.InvariantCulture);
        _children.Remove(childId);
        if (_finishedChildren.Remove(childId)) return;
        _node.Log.Ike.ChildActorDied(Name, childId);
        if (!IsOver) End(EndReason.Failed);
    }
}
