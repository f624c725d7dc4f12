namespace Concentrator.Ike.Session;

/// <summary>The ways an IKE SA ends. Whatever the way, it is over only when no child of it is left in the kernel.</summary>
public sealed partial class IkeSession
{
    private EndReason? _endReason;
    private Trigger? _endTrigger;

    /// <summary>Closes with a Delete exchange where the peer is authenticated (RFC 7296 §1.4.1), else at once.</summary>
    private void BeginClose(EndReason reason)
    {
        switch (State)
        {
            case IkeSaState.Established:
                _endReason = reason;
                _queue.Clear();
                if (_rekey is { IsSent: false }) DropRekey();
                CancelChildRetries();
                MoveTo(Trigger.CloseAsked);
                Enqueue(new DeleteIkeRequest());
                break;
            case IkeSaState.AuthRequested:
                Finish(Trigger.CloseAsked, reason);
                break;
            case IkeSaState.Deleting:
                break;
            default:
                Finish(Trigger.Abandoned, reason);
                break;
        }
    }

    /// <summary>Dead, but able to repeat the last response for a while (RFC 7296 §2.1). The children go now.</summary>
    private void Bury(Trigger trigger, EndReason reason)
    {
        _endReason = reason;
        Quiesce();
        RemoveAllChildren();
        MoveTo(trigger);
        GiveBackAddresses();
        MustBeWritten();
        Arm(TimerKind.HalfOpen, _context.HalfOpenTimeout);
    }

    /// <summary>Ends without another word to the peer, once the children are out of the kernel.</summary>
    private void Finish(Trigger trigger, EndReason reason)
    {
        if (_endTrigger is not null) return;
        _endTrigger = trigger;
        _endReason ??= reason;
        Quiesce();
        RemoveAllChildren();
        CompleteEnd();
    }

    private void Quiesce()
    {
        _queue.Clear();
        _sa.Outstanding = null;
        _sa.Answering = null;
        _pendingAnswer = null;
        _pendingLease = null;
        _pendingCloses.Clear();
        DropRekey();
        _rekeyedByPeer?.Sa.Dispose();
        _rekeyedByPeer = null;
        foreach (IkeSa sa in _replaced.ToList()) ForgetReplaced(sa.Generation);
        Cancel(TimerKind.Retransmit, number: _sa.Generation);
        EndSynchronization();
        _resumption = Resumption.None;
        Cancel(TimerKind.HalfOpen);
        Cancel(TimerKind.Liveness);
        Cancel(TimerKind.Keepalive);
        Cancel(TimerKind.IkeRekey);
        Cancel(TimerKind.IkeOver);
        CancelChildRetries();
    }

    private void CompleteEnd()
    {
        if (_endTrigger is not { } trigger || _children.Count > 0) return;
        MoveTo(trigger);
        GiveBackAddresses();
        State = IkeSaState.Destroyed;
        _effects.Add(new Ended(_endReason!.Value));
        Dispose();
    }
}
