using System.Globalization;
using Akka.Actor;
using Concentrator.Actors.Node;
using Concentrator.Actors.Routing;
using Concentrator.Kernel;

namespace Concentrator.Actors.Kernel;

/// <summary>
/// Children that come back before their actors do: traffic first. Some at a time, so that what new tunnels ask for is not kept waiting by ten thousand old ones.
/// </summary>
internal sealed partial class KernelActor
{
    /// <summary>How long one piece may keep requests waiting.</summary>
    private static readonly TimeSpan RestoreBudget = TimeSpan.FromMilliseconds(5);

    private readonly Queue<Restoration> _restorations = [];
    private readonly Dictionary<SessionId, Dictionary<uint, Restored>> _restored = [];

    private void BeginRestoration(RestoreSas restore)
    {
        Restoration work = new(Sender, restore, restore.Children.OrderBy(child => PreparedFor(child) is not null));
        // Their successors come first, and share their policies.
        foreach (RestorableChild child in restore.Children)
        {
            if (child.Install is { } install && PreparedFor(child) is { ReqId: not 0 } prepared) work.ReqIds.TryAdd((child.Session, install.Config.Name), prepared.ReqId);
        }

        _restorations.Enqueue(work);
        if (_restorations.Count == 1) Self.Tell(RestoreMore.Instance);
    }

    private void RestoreForAWhile()
    {
        long started = _node.Time.GetTimestamp();
        do
        {
            Restoration work = _restorations.Peek();
            if (work.Cancel.IsCancellationRequested) work.Drop();
            if (work.Left.TryDequeue(out RestorableChild? child)) Restore(child, work);
            if (work.Left.Count > 0) continue;
            ForgetOthers(work);
            work.Asker.Tell(new SasRestored(work.ReqIds, work.Installed, work.Refused));
            _restorations.Dequeue();
        }
        while (_restorations.Count > 0 && _node.Time.GetElapsedTime(started) < RestoreBudget);

        if (_restorations.Count > 0) Self.Tell(RestoreMore.Instance);
    }

    private Restored? PreparedFor(RestorableChild child) => _restored.GetValueOrDefault(child.Session)?.GetValueOrDefault(child.ChildId) is { Refusal: null } prepared ? prepared : null;

    /// <summary>Last of all, when those have come that take their place: what was prepared for these sessions and is no more.</summary>
    private void ForgetOthers(Restoration work)
    {
        foreach ((SessionId session, HashSet<uint> children) in work.Children)
        {
            if (!_restored.TryGetValue(session, out Dictionary<uint, Restored>? prepared)) continue;
            foreach ((uint childId, Restored old) in prepared.Where(one => !children.Contains(one.Key)).ToList())
            {
                prepared.Remove(childId);
                if (old.Refusal is null) _tables.Sweep(old.Name);
            }
        }
    }

    private void Restore(RestorableChild child, Restoration work)
    {
        if (!_restored.TryGetValue(child.Session, out Dictionary<uint, Restored>? siblings)) _restored[child.Session] = siblings = [];
        ChildFace face = ChildFace.Of(child);
        if (siblings.TryGetValue(child.ChildId, out Restored? prepared) && prepared.Refusal is null)
        {
            if (prepared.Face == face)
            {
                if (child.Install is { } same) work.ReqIds[(child.Session, same.Config.Name)] = prepared.ReqId;
                work.Installed++;
                child.Install?.Parameters.Keys.Dispose();
                return;
            }

            // It has changed since, and makes room. Where no other child has its policies there are none until the next call.
            _tables.Sweep(prepared.Name);
        }

        Restored restored = siblings[child.ChildId] = new Restored((++_lastOwner).ToString(CultureInfo.InvariantCulture), child.InboundSpi, face);
        try
        {
            restored.Refusal = child.Install is { } install
                ? Restore(child, install, restored, work)
                : _tables.ReserveAgain(restored.Name, child.InboundSpi, child.Local, _node.Now) ? null : Taken();
        }
        catch (Exception bug) when (bug is not OutOfMemoryException)
        {
            _node.Log.Knl.KernelActorFailed(bug, nameof(RestoreSas));
            _tables.Sweep(restored.Name);
            restored.Refusal = new Refusal(XfrmStep.InboundSa, Errno.EINVAL, "", bug.Message, RefusalCause.Permanent, "");
        }
        finally
        {
            child.Install?.Parameters.Keys.Dispose();
        }

        if (restored.Refusal is null) work.Installed++;
        else work.Refused++;
    }

    private Refusal? Restore(RestorableChild child, InstallSas install, Restored restored, Restoration work)
    {
        if (!XfrmMapping.TryMap(install, restored.Name, out ChildSaSpec? spec, out Refusal? unspeakable)) return Refuse(unspeakable).Refusal;
        // All children of one configuration share their policies, and so their reqid.
        if (!work.ReqIds.TryGetValue((child.Session, install.Config.Name), out uint reqId))
            work.ReqIds[(child.Session, install.Config.Name)] = reqId = _tables.FindReqId([spec.Inbound.Id, spec.Outbound.Id]) ?? install.ReqId;
        bool extended = spec.Inbound.ExtendedSequenceNumbers;
        SaProgress progress = SaProgress.Resumed(child.Received, child.Sent, extended, child.AddedAt);
        restored.ReqId = reqId;
        spec = spec with
        {
            Inbound = spec.Inbound with { ReqId = reqId, Progress = progress with { Sent = 0 } },
            Outbound = spec.Outbound with { ReqId = reqId, Progress = progress with { Received = 0, Window = [] } },
        };
        InstallResult result = _tables.Restore(spec, install.Parameters.HoldOutbound, child.IsRetired);
        if (result.Refusal is { } refusal) return Refuse(refusal).Refusal;
        restored.OutboundSpi = child.IsRetired ? 0 : spec.Outbound.Spi;
        _node.Log.Knl.SasRestored(spec.Inbound.Spi, spec.Outbound.Spi);
        return null;
    }

    /// <summary>The child's actor has come: what was restored is its own, under the name that the tables know.</summary>
    private KernelOwner Adopt(AdoptSas adopt, IActorRef actor)
    {
        Restored? restored = TakeOut(adopt.Session, adopt.ChildId);
        if (restored is not { Refusal: null })
        {
            _refusedAdoption = restored?.Refusal ?? Nothing();
            return OwnerOf(actor);
        }

        _refusedAdoption = null;
        return Own(restored, actor);
    }

    /// <summary>What a child brings from another node may have been prepared here before: it is the child's then, with numbers that are later. Null: there is nothing of it.</summary>
    private KernelOwner? AdoptPrepared(BringSas bring, IActorRef actor)
    {
        if (_owners.ContainsKey(actor) || bring.User is not { } user || !_restored.TryGetValue(user.IkeSa.Session, out Dictionary<uint, Restored>? siblings)) return null;
        uint childId = siblings.FirstOrDefault(one => one.Value.InboundSpi == bring.Spec.Inbound.Spi).Key;
        if (TakeOut(user.IkeSa.Session, childId) is not { Refusal: null } prepared) return null;
        if (prepared.Face.Fits(bring)) return Own(prepared, actor);
        _tables.Sweep(prepared.Name);
        return null;
    }

    private KernelOwner Own(Restored restored, IActorRef actor) =>
        Own(new KernelOwner(actor, restored.Name) { InboundSpi = restored.InboundSpi, OutboundSpi = restored.OutboundSpi });

    /// <summary>Null: nothing was restored for this child.</summary>
    private Restored? TakeOut(SessionId session, uint childId)
    {
        if (!_restored.TryGetValue(session, out Dictionary<uint, Restored>? siblings) || !siblings.Remove(childId, out Restored? restored)) return null;
        if (siblings.Count == 0) _restored.Remove(session);
        return restored;
    }

    private KernelReply AnswerAdoption() => _refusedAdoption is { } refusal ? new KernelRefusal(refusal) : new SasInstalled();

    private void Release(SessionId session)
    {
        if (!_restored.Remove(session, out Dictionary<uint, Restored>? left)) return;
        foreach (Restored restored in left.Values.Where(one => one.Refusal is null)) _tables.Sweep(restored.Name);
    }

    private Refusal? _refusedAdoption;

    private static Refusal Nothing() =>
        new(XfrmStep.InboundSa, Errno.ESRCH, "", "nothing was restored for this child: it is negotiated anew", RefusalCause.Transient, "");

    private static Refusal Taken() => new(XfrmStep.Spi, Errno.EEXIST, "", "another SA has this SPI: it is negotiated anew", RefusalCause.Transient, "");

    /// <summary>What is there, or why it is not.</summary>
    private sealed class Restored(string name, uint inboundSpi, ChildFace face)
    {
        public string Name { get; } = name;

        public ChildFace Face { get; } = face;

        public uint ReqId { get; set; }

        public uint InboundSpi { get; } = inboundSpi;

        public uint OutboundSpi { get; set; }

        public Refusal? Refusal { get; set; }
    }

    /// <summary>All that tells whether what is in the kernel is still what a child has; keys are told by the SPIs, which no two have. Who had it meanwhile has sent under later numbers.</summary>
    private sealed record ChildFace(int Incarnation, uint InboundSpi, uint OutboundSpi, System.Net.IPEndPoint? Local, System.Net.IPEndPoint? Remote, bool InUdp, bool Hold, bool IsRetired)
    {
        public static ChildFace Of(RestorableChild child) => child.Install?.Parameters is { } parameters
            ? new(child.Incarnation, child.InboundSpi, parameters.PeerSpi, parameters.LocalEndpoint, parameters.RemoteEndpoint, parameters.UdpEncapsulation, parameters.HoldOutbound, child.IsRetired)
            : new(child.Incarnation, child.InboundSpi, 0, null, null, false, false, child.IsRetired);

        /// <summary>Whether this is what a child has that is brought whole.</summary>
        public bool Fits(BringSas bring) => !IsRetired && Hold == bring.Hold && OutboundSpi == bring.Spec.Outbound.Spi
            && Equals(Local?.Address, bring.Spec.Outbound.Source) && Equals(Remote?.Address, bring.Spec.Outbound.Destination) && InUdp == bring.Spec.Outbound.Encapsulation is not null
            && (!InUdp || Remote?.Port == bring.Spec.Outbound.Encapsulation?.DestinationPort);
    }

    private sealed class Restoration(IActorRef asker, RestoreSas wanted, IEnumerable<RestorableChild> inOrder)
    {
        public IActorRef Asker { get; } = asker;

        public Queue<RestorableChild> Left { get; } = new(inOrder);

        /// <summary>All that each session has, of those that have any.</summary>
        public Dictionary<SessionId, HashSet<uint>> Children { get; } = wanted.Children.GroupBy(child => child.Session).ToDictionary(session => session.Key, session => session.Select(child => child.ChildId).ToHashSet());

        public CancellationToken Cancel { get; } = wanted.Cancel;

        public Dictionary<(SessionId Session, string Config), uint> ReqIds { get; } = [];

        public int Installed { get; set; }

        public int Refused { get; set; }

        /// <summary>Who wanted them has released what is there, and nobody would release what came now.</summary>
        public void Drop()
        {
            while (Left.TryDequeue(out RestorableChild? child)) child.Install?.Parameters.Keys.Dispose();
        }
    }

    private sealed record RestoreMore : INoSerializationVerificationNeeded
    {
        public static RestoreMore Instance { get; } = new();
    }
}
