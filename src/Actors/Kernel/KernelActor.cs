using System.Globalization;
using Akka.Actor;
using Concentrator.Actors.Node;
using Concentrator.Kernel;

namespace Concentrator.Actors.Kernel;

/// <summary>
/// One per node, on a thread of its own: all that this node asks of XFRM goes through here, one transaction at a time, in the order it was
/// asked. It watches who owns something and sweeps when one ends; its own end sweeps everything. Owns neither the backend nor the host's addresses.
/// </summary>
/// <remarks>Parts: who asks and who ends here, Requests (what each does), Activating, Events (what the kernel tells unasked), Counting (what has passed), Traps, VirtualAddresses, Probing (what it accepts), Reconciling (what it has), Restoring (children that come back), Sampling (how far they have come).</remarks>
internal sealed partial class KernelActor : UntypedActor, IWithTimers
{
    private readonly NodeContext _node;
    private readonly IXfrmBackend _backend;
    private readonly XfrmTables _tables;
    private readonly Dictionary<IActorRef, KernelOwner> _owners = [];
    private readonly Dictionary<string, KernelOwner> _ownersByName = [];
    private readonly IActorRef _self;
    private long _lastOwner;

    private readonly IHostAddresses _hostAddresses;

    /// <summary>For whom the kernel is asked at this moment; null: for the node itself.</summary>
    private KernelOwner? _served;

    public KernelActor(NodeContext node, IXfrmBackend backend, IHostAddresses hostAddresses)
    {
        _node = node;
        _backend = backend;
        _hostAddresses = hostAddresses;
        _self = Self;
        _tables = new XfrmTables(new ObservedBackend(backend, Observe), new XfrmTablesOptions
        {
            Totals = node.Gauges.Esp,
            SpiAllocation = node.Options.KernelAllocatesSpis ? SpiAllocation.Kernel : SpiAllocation.Node,
        });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    /// <param name="node">Whose actor it is.</param>
    /// <param name="backend">The SAD and SPD.</param>
    /// <param name="hostAddresses">Where addresses inside tunnels are added; null: nowhere but in memory.</param>
    public static Props Props(NodeContext node, IXfrmBackend backend, IHostAddresses? hostAddresses = null) =>
        Akka.Actor.Props.Create(() => new KernelActor(node, backend, hostAddresses ?? new MemoryHostAddresses()));

    protected override void PreStart()
    {
        _backend.EventReceived += Pass;
        Timers.StartPeriodicTimer(nameof(Tidy), Tidy.Instance, TidyPeriod);
        Timers.StartPeriodicTimer(nameof(ProbeAgain), ProbeAgain.Instance, _node.Options.KernelProbePeriod);
        Probe();
        ScheduleReconciliation();
        ScheduleSampling(TimeSpan.Zero);
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case KernelRequest request:
                Answer(request);
                break;
            case RemoveTrap trap:
                Remove(trap);
                break;
            case SetTrap trap:
                Set(trap);
                break;
            case AddVirtualAddresses add:
                AddVirtual(add, Sender);
                break;
            case RemoveVirtualAddresses:
                RemoveVirtual(Sender);
                break;
            case CountPackets count:
                Count(count);
                break;
            case Terminated terminated:
                SweepAfter(terminated.ActorRef);
                break;
            case FromKernel told:
                Take(told.Event);
                break;
            case Tidy:
                TidyUp();
                break;
            case ProbeAgain:
                ProbeWhileSomethingIsRefused();
                break;
            case ProbeMore:
                ProbeFor(TimeSpan.Zero);
                break;
            case ProbeNow:
                Probe();
                break;
            case ReconcileNow:
                GrowOld();
                BeginReconciliation();
                break;
            case ReconcileMore:
                ReconcileForAWhile();
                break;
            case RetryNow:
                RetryQuarantine();
                break;
            case RestoreSas restore:
                BeginRestoration(restore);
                break;
            case RestoreMore:
                RestoreForAWhile();
                break;
            case ReleaseRestored release:
                Release(release.Session);
                break;
            case SampleNow:
                BeginSampling();
                break;
            case SampleMore:
                SampleForAWhile();
                break;
            case ActivateAgain again:
                if (_owners.ContainsKey(again.Owner.Actor) && ActivateOnceMore(again) is { } outcome) again.Owner.Actor.Tell(outcome);
                break;
            case CountEntries:
                Sender.Tell(_tables.Counts);
                break;
            case CountTraffic count:
                Sender.Tell(TrafficOf(count.Sas));
                break;
            default:
                Unhandled(message);
                break;
        }

        AwaitQuarantine();
    }

    protected override void PostStop()
    {
        _backend.EventReceived -= Pass;
        _reconciling?.Dispose();
        _sampling?.Dispose();
        if (_node.IsAborted) return;
        _tables.SweepAll();
        RemoveAllVirtual();
        if (_tables.Quarantined.Count > 0) _node.Log.Knl.LeftBehind(_tables.Quarantined.Count);
    }

    /// <summary>Whatever goes wrong here is answered: an owner that waits for nothing would wait for ever, and the others behind it.</summary>
    private void Answer(KernelRequest request)
    {
        using LogSubject.Turn turn = LogSubject.Enter(request.User?.Subject);
        KernelOwner owner = request switch
        {
            AdoptSas adopt => Adopt(adopt, Sender),
            BringSas bring => AdoptPrepared(bring, Sender) ?? OwnerOf(Sender),
            _ => OwnerOf(Sender),
        };
        owner.User ??= request.User;
        _served = owner;
        long started = _node.Time.GetTimestamp();
        KernelReply? reply;
        try
        {
            reply = Perform(request, owner);
        }
        catch (Exception bug) when (bug is not OutOfMemoryException)
        {
            _node.Log.Knl.KernelActorFailed(bug, request.GetType().Name);
            _tables.Sweep(owner.Name);
            owner.Clear();
            reply = request is RemoveSas ? new SasRemoved() : request is RetireSas ? new SasRetired() : Refuse(new Refusal(StepOf(request), Errno.EINVAL, "", bug.Message, RefusalCause.Permanent, ""));
        }
        finally
        {
            _served = null;
            if (request is InstallSas install) install.Parameters.Keys.Dispose();
            if (request is BringSas bring) bring.Spec.Dispose();
        }

        if (reply is null) return;
        if (reply is not KernelRefusal && _node.Events.IsObserved)
        {
            string call = string.Create(CultureInfo.InvariantCulture, $"{request.GetType().Name} {owner.InboundSpi:x8}");
            TimeSpan took = _node.Time.GetElapsedTime(started);
            // It was asked a deadline's time before its deadline.
            TimeSpan waited = _node.Now - took - (request.Deadline - _node.Options.KernelDeadline);
            _node.Events.Publish(new KernelCalled(_node.Time.GetUtcNow(), call, took) { Waited = waited > TimeSpan.Zero ? waited : TimeSpan.Zero, User = request.User });
        }

        Sender.Tell(reply);
    }

    private void SweepAfter(IActorRef actor)
    {
        SweepTrapsOf(actor);
        RemoveVirtual(actor);
        if (!_owners.Remove(actor, out KernelOwner? owner)) return;
        _ownersByName.Remove(owner.Name);
        if (!owner.HasAnything) return;
        using LogSubject.Turn turn = LogSubject.Enter(owner.User?.Subject);
        _node.Log.Knl.OwnerGone(owner.InboundSpi);
        _served = owner;
        GiveBack(owner);
        _served = null;
    }

    private void Observe(ReadOnlySpan<XfrmRequest> requests, ReadOnlySpan<XfrmReply> replies)
    {
        if (_served?.User is not { } user || !_node.Events.IsObserved) return;
        KernelCall[] calls = new KernelCall[requests.Length];
        for (int i = 0; i < calls.Length; i++) calls[i] = KernelCall.Of(requests[i], replies[i]);
        _node.Events.Publish(new KernelSpoken(_node.Time.GetUtcNow(), user, calls));
    }

    private KernelOwner OwnerOf(IActorRef actor)
    {
        if (_owners.TryGetValue(actor, out KernelOwner? known)) return known;
        return Own(new KernelOwner(actor, (++_lastOwner).ToString(CultureInfo.InvariantCulture)));
    }

    private KernelOwner Own(KernelOwner owner)
    {
        Context.Watch(owner.Actor);
        _owners.Add(owner.Actor, owner);
        _ownersByName.Add(owner.Name, owner);
        return owner;
    }
}

/// <summary>An operator wants to know at once what the kernel accepts.</summary>
internal sealed record ProbeNow : INoSerializationVerificationNeeded
{
    public static ProbeNow Instance { get; } = new();
}

/// <summary>Answered with <see cref="TableCounts"/>.</summary>
internal sealed record CountEntries : INoSerializationVerificationNeeded
{
    public static CountEntries Instance { get; } = new();
}
