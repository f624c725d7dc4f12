using Concentrator.Actors.Node;
using Concentrator.Kernel;

namespace Concentrator.Actors.Kernel;

internal sealed partial class KernelActor
{
    /// <summary>Null: the answer comes later.</summary>
    private KernelReply? Perform(KernelRequest request, KernelOwner owner) => request switch
    {
        RemoveSas => Remove(owner),
        RetireSas => Retire(owner),
        AdoptSas => AnswerAdoption(),
        _ when request.Deadline < _node.Now => Expire(request, owner),
        GetSpi get => Reserve(get, owner),
        InstallSas install => Install(install, owner),
        ActivateSas => Activate(owner, tries: 0),
        MoveSas move => Move(move, owner),
        ReadSas => Read(owner),
        BringSas bring => Bring(bring, owner),
        _ => throw new ArgumentOutOfRangeException(nameof(request), request, "A request that the KernelActor does not know."),
    };

    private KernelReply Reserve(GetSpi get, KernelOwner owner)
    {
        _node.Log.Knl.GettingSpi();
        SpiResult result = _tables.ReserveSpi(owner.Name, get.Remote, get.Local, XfrmMapping.ModeOf(get.Mode), get.ReqId, _node.Now, get.User?.IkeSa.Session.Shard);
        if (result.Refusal is { } refusal)
        {
            // The kernel may have made a larval SA whose SPI we were never told.
            if (refusal.Error == Errno.ETIMEDOUT) BeginReconciliation();
            return Refuse(refusal);
        }

        owner.InboundSpi = result.Spi;
        _node.Log.Knl.GotSpi(result.Spi);
        return new SpiAllocated(result.Spi);
    }

    private KernelReply Install(InstallSas install, KernelOwner owner)
    {
        if (!XfrmMapping.TryMap(install, owner.Name, out ChildSaSpec? spec, out Refusal? unspeakable))
        {
            KernelRefusal unspoken = Refuse(unspeakable);
            GiveBack(owner);
            return unspoken;
        }

        _node.Options.KeyLog?.AddChildSa(install.Parameters, spec.Inbound.Spi);
        _node.Log.Knl.AddingSa(spec.Inbound.Spi, "inbound");
        _node.Log.Knl.AddingSa(spec.Outbound.Spi, "outbound");
        return Install(spec, install.Parameters.HoldOutbound, owner);
    }

    private KernelReply Install(ChildSaSpec spec, bool hold, KernelOwner owner)
    {
        InstallResult result = _tables.Install(spec, hold);
        if (result.Refusal is { } refusal)
        {
            KernelRefusal refused = Refuse(refusal);
            GiveBack(owner);
            NoteRefused(refusal);
            return refused;
        }

        owner.InboundSpi = spec.Inbound.Spi;
        owner.OutboundSpi = spec.Outbound.Spi;
        LeadFrom(owner, spec.Selectors, spec.Outbound.Destination);
        return new SasInstalled();
    }

    /// <summary>A child that could not be moved is of no use where it is: the peer is elsewhere by now.</summary>
    private KernelReply Move(MoveSas move, KernelOwner owner)
    {
        _node.Log.Knl.MovingSas(owner.InboundSpi, new HostPort(move.Path.Local), new HostPort(move.Path.Remote), move.Path.UdpEncapsulation ? " in UDP" : "");
        MoveResult result = _tables.Move(owner.Name, move.Path);
        if (result.Refusal is not { } refusal)
        {
            LeadAgain(owner, move.Path.Remote.Address);
            return new SasMoved();
        }

        KernelRefusal refused = Refuse(refusal);
        GiveBack(owner);
        return refused;
    }

    private KernelReply Read(KernelOwner owner)
    {
        ReadResult result = _tables.Read(owner.Name);
        return result.Spec is { } spec ? new SasRead(spec) : Refuse(result.Refusal!);
    }

    private KernelReply Bring(BringSas bring, KernelOwner owner)
    {
        // They were prepared, and the peer's packets may have come already.
        if (owner.HasAnything) return new SasInstalled();
        _node.Log.Knl.BringingSas(bring.Spec.Inbound.Spi, bring.Spec.Outbound.Spi);
        return Install(bring.Spec with { Owner = owner.Name }, bring.Hold, owner);
    }

    private SasRetired Retire(KernelOwner owner)
    {
        _node.Log.Knl.DeletingSa(owner.OutboundSpi);
        _tables.RetireOutbound(owner.Name);
        owner.OutboundSpi = 0;
        return new SasRetired();
    }

    private SasRemoved Remove(KernelOwner owner)
    {
        GiveBack(owner);
        return new SasRemoved();
    }

    /// <summary>All of it goes, and the log names each SA that goes.</summary>
    private void GiveBack(KernelOwner owner)
    {
        uint[] spis = [.. new[] { owner.OutboundSpi, owner.InboundSpi }.Where(spi => spi != 0)];
        foreach (uint spi in spis) _node.Log.Knl.DeletingSa(spi);
        Unlead(owner);
        int resisting = _tables.Quarantined.Count;
        _tables.Sweep(owner.Name);
        if (_tables.Quarantined.Count > resisting) _node.Log.Knl.Quarantined(owner.InboundSpi);
        else foreach (uint spi in spis) _node.Log.Knl.DeletedSa(spi);
        owner.Clear();
    }

    private KernelRefusal Expire(KernelRequest request, KernelOwner owner)
    {
        GiveBack(owner);
        return Refuse(new Refusal(
            StepOf(request), Errno.ETIMEDOUT, "", "too much is being asked of the kernel: it is tried again", RefusalCause.Transient, ""));
    }

    private KernelRefusal Refuse(Refusal refusal)
    {
        _node.Log.Knl.KernelRefusal(Printable.Text(refusal.ToString()));
        if (_node.Events.IsObserved)
        {
            _node.Events.Publish(new KernelRefused(
                _node.Time.GetUtcNow(), refusal.Step.Text(), refusal.Error, refusal.ErrnoName, refusal.ExtAck, refusal.Hint)
            {
                User = _served?.User,
            });
        }

        return new KernelRefusal(refusal);
    }

    private static XfrmStep StepOf(KernelRequest request) => request switch
    {
        GetSpi => XfrmStep.Spi,
        ActivateSas => XfrmStep.OutboundPolicy,
        _ => XfrmStep.InboundSa,
    };
}
