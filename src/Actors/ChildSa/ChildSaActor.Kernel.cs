using Akka.Actor;
using Concentrator.Actors.Kernel;
using Concentrator.Ike.Session;

namespace Concentrator.Actors.ChildSa;

/// <summary>Which kernel has the child's SAs: that of the node through which the peer's packets come, which may be another than this.</summary>
internal sealed partial class ChildSaActor
{
    private IActorRef _kernel;
    private IActorRef? _former;
    private IActorRef? _next;

    private bool IsLocal(IActorRef kernel) => kernel.Path.Equals(_node.Actors.Kernel.Path);

    private void Relocate(IActorRef kernel)
    {
        if (kernel.Path.Equals(_kernel.Path)) return;
        _next = kernel;
        Perform(_machine.Relocate());
    }

    private void GoToNext()
    {
        (_former, _kernel, _next) = (_kernel, _next ?? _node.Actors.Kernel, null);
        _node.Placement.CountRelocation();
        WatchKernel();
    }

    private void LeaveFormer()
    {
        if (_former is null) return;
        _former.Tell(new RemoveSas { User = _user }, Self);
        if (!IsLocal(_former)) Context.Unwatch(_former);
        _former = null;
    }

    /// <summary>This node's own ends with the node.</summary>
    private void WatchKernel()
    {
        if (!IsLocal(_kernel)) Context.Watch(_kernel);
    }

    /// <summary>With its node, or the way to it. What it had is lost, or is swept there; the peer's half goes with a Delete.</summary>
    private void LoseKernel(IActorRef kernel)
    {
        if (!kernel.Path.Equals(_kernel.Path)) return;
        _kernel = _node.Actors.Kernel;
        if (_machine.Awaits != Awaited.Nothing) TakeReply(new KernelSilent());
        else if (_machine.State is ChildSaState.Installed or ChildSaState.Rekeyed) Context.Parent.Tell(new ChildLost(_birth.Plan.ChildId));
    }
}
