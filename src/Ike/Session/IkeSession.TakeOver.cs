namespace Concentrator.Ike.Session;

/// <summary>
/// A session on the node that goes on with it: a request of its predecessor's that was on its way is repeated octet by octet, the message ids are agreed upon anew
/// (RFC 6311), or the next one is used at once where the peer does not know how; then each child gets fresh SAs. Nobody authenticates again.
/// </summary>
public sealed partial class IkeSession
{
    /// <summary>Made by <see cref="Restore"/>, and not told <see cref="TakeOver"/> yet.</summary>
    private bool _isRestored;

    private Resumption _resumption;
    private TimeSpan _rekeyWithin = TimeSpan.FromSeconds(20);

    /// <summary>For tests: as if nobody had died; the timers run on, and so does what only lasts as long as they do.</summary>
    internal void GoOnUnnoticed(IkeSession predecessor)
    {
        _isRestored = false;
        (_lastHeard, _lastSent) = (predecessor._lastHeard, predecessor._lastSent);
        _armedRetries.UnionWith(predecessor._armedRetries);
        foreach ((IkeSa mine, IkeSa theirs) in _replaced.Append(_sa).Zip(predecessor._replaced.Append(predecessor._sa)))
        {
            mine.ResponseRepeats = theirs.ResponseRepeats;
            if (mine.Outstanding is { } request) request.Sent = theirs.Outstanding!.Sent;
        }

        foreach (Child child in _children.Values)
            child.Timers.AddRange([TimerKind.ChildRekey, TimerKind.ChildOver, TimerKind.ChildGone, TimerKind.ChildConfirmation]);
    }

    private void OnTakeOver(TakeOver takeOver)
    {
        if (!_isRestored) return;
        (_isRestored, _rekeyWithin) = (false, takeOver.RekeyWithin);
        Say(LogTag.Ike, Severity.Info, $"going on with IKE_SA {Name} of '{RemoteIdentity}'");
        // The leases are in the database, in our name; what we have inside the tunnel has to be on this host.
        if (VirtualAddresses.Count > 0) _effects.Add(new UseAddresses(VirtualAddresses, Path!));
        foreach (Child child in _children.Values)
        {
            if (child.OwnerIsGone) continue;
            child.IsStarted = true;
            child.CameUnfinished = child.Phase == ChildPhase.Installing;
            child.IsHeld = child.Plan.Restored is { Parameters.HoldOutbound: true };
            _effects.Add(new StartChild(child.Plan));
        }

        _announcement = new AnnounceEstablished(LocalIdentity!, RemoteIdentity!, _connection!.Unique, ReplaceOthers: false) { Age = _now - _inUseSince, IsResumed = true };
        Announce();
        StartLiveness();
        KeepMappingAlive();
        ResumeLifetime();
        foreach (Child child in _children.Values.ToList()) Resume(child);
        foreach (IkeSa sa in _replaced)
        {
            Arm(TimerKind.ReplacedIkeGone, _context.ReplacedLifetime, number: sa.Generation);
            RepeatOutstanding(sa);
        }

        RepeatOutstanding(_sa);
        _resumption = Resumption.Repeating;
        // This node may have other addresses.
        OnAddressesChanged();
        GoOnResuming();
    }

    /// <summary>Octet by octet: the peer has answered it, or gets to see it for the first time.</summary>
    private void RepeatOutstanding(IkeSa sa)
    {
        if (sa.Outstanding is not { } request) return;
        Send(request.Datagrams, request.Summary, Path!, repeated: true);
        Arm(TimerKind.Retransmit, _context.Retransmit.WaitAfter(1)!.Value, number: sa.Generation);
    }

    private void ResumeLifetime()
    {
        if (_connection!.RekeyTime <= TimeSpan.Zero) return;
        TimeSpan lived = _now - _inUseSince;
        Arm(TimerKind.IkeRekey, Left(Earlier(_connection.RekeyTime, _connection.RandTime), lived));
        Arm(TimerKind.IkeOver, Left(_connection.RekeyTime + _connection.OverTime, lived));
    }

    private void Resume(Child child)
    {
        if (child.Phase == ChildPhase.Lingering) ArmFor(child, TimerKind.ChildGone, _context.ChildLinger);
        if (child.Phase != ChildPhase.Installed) return;
        TimeSpan life = child.Plan.Config.Lifetime.LifeTime;
        if (life > TimeSpan.Zero && !child.IsSuperseded) ArmFor(child, TimerKind.ChildOver, Left(life, _now - child.InstalledAt));
        if (child.UnconfirmedOn is not null) ArmFor(child, TimerKind.ChildConfirmation, _context.ConfirmationDelay);
    }

    /// <summary>After each answer, until all is as it was.</summary>
    private void GoOnResuming()
    {
        if (_resumption is Resumption.None or Resumption.Synchronizing || _sa.Outstanding is not null) return;
        if (State != IkeSaState.Established)
        {
            _resumption = Resumption.None;
            SendNext();
        }
        else if (_resumption == Resumption.Probing || _sa.NextOutboundId == 0 && _sa.NextInboundId == 0)
        {
            // The peer lives; or the IKE SA is fresh, and there was nothing to lose count of.
            Resumed();
        }
        else if (SynchronizesAfterwards)
        {
            Synchronize();
        }
        else
        {
            _resumption = Resumption.Probing;
            EnqueueFirst(new LivenessRequest());
        }
    }

    /// <summary>Requests of ours have to wait.</summary>
    private bool WaitsToSend => _isRestored || _resumption is Resumption.Repeating or Resumption.Synchronizing;

    /// <summary>
    /// What asks for nothing but a sign of life was answered without being stored, so it may be an old one played again. Whatever changes something was stored. While the
    /// ids are being agreed upon nothing at all is taken: the peer may ask it again with another id.
    /// </summary>
    private bool MayBeOld => SynchronizesAfterwards && _resumption == Resumption.Repeating;

    private void Resumed()
    {
        _resumption = Resumption.None;
        Say(LogTag.Ike, Severity.Info, $"the peer '{RemoteIdentity}' has answered: IKE_SA {Name} goes on");
        foreach (Child child in _children.Values.ToList())
        {
            if (child.UnconfirmedOn is not null && SynchronizesAfterwards) Doubt(child);
            if (child is not { Phase: ChildPhase.Installed, IsSuperseded: false }) continue;
            if (child.IsUnconfigured) DeleteChild(child);
            else RekeySoon(child);
        }

        if (IsInitiator) BringUpFurtherChildren();
        SendNext();
    }

    /// <summary>Our predecessor may have sent more than is known, so a child that came over is not used for long, nor beyond the time at which it is to be rekeyed at the latest.</summary>
    private void RekeySoon(Child child)
    {
        TimeSpan within = _rekeyWithin, due = child.Plan.Config.Lifetime.RekeyTime;
        if (due > TimeSpan.Zero && Left(due, _now - child.InstalledAt) is var left && left < within) within = left;
        ArmFor(child, TimerKind.ChildRekey, (within / 4) + Jitter(within * 3 / 4));
    }

    /// <summary>
    /// Our predecessor's answer about it may never have left, and a peer that gives its requests new message ids does not ask for it again. The rekeying shows it:
    /// a child that the peer does not know goes.
    /// </summary>
    private void Doubt(Child child)
    {
        child.UnconfirmedOn = null;
        child.IsDoubtful = true;
        if (child.Timers.Remove(TimerKind.ChildConfirmation)) Cancel(TimerKind.ChildConfirmation, number: child.Plan.ChildId);
    }

    private enum Resumption
    {
        None,

        /// <summary>What was on its way waits for its answer.</summary>
        Repeating,

        /// <summary>The message ids are being agreed upon.</summary>
        Synchronizing,

        /// <summary>The peer is asked for a sign of life.</summary>
        Probing,
    }
}
