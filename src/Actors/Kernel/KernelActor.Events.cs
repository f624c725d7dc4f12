using System.Net;
using Akka.Actor;
using Concentrator.Actors.Node;
using Concentrator.Kernel;

namespace Concentrator.Actors.Kernel;

/// <summary>What the kernel tells unasked, and looking after what was missed.</summary>
internal sealed partial class KernelActor
{
    private static readonly TimeSpan TidyPeriod = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan MappingPause = TimeSpan.FromSeconds(1);

    /// <summary>On the backend's thread.</summary>
    private void Pass(XfrmEvent told) => _self.Tell(new FromKernel(told), ActorRefs.NoSender);

    private void Take(XfrmEvent told)
    {
        switch (told)
        {
            case Expire { Hard: true } expire:
                _node.Log.Knl.SaExpired(expire.Id.Spi);
                TellLost(_tables.OwnerOf(expire.Id));
                break;
            case Expire expire:
                _node.Log.Knl.SaExpiresSoon(expire.Id.Spi);
                TellOwner(_tables.OwnerOf(expire.Id), owner => new SaExpiresSoon(owner.InboundSpi));
                break;
            case Mapping mapping:
                TakeMapping(mapping);
                break;
            case Acquire acquire:
                _node.Log.Knl.Acquire(acquire.ReqId, acquire.Source, acquire.Destination);
                break;
            case EventsLost:
                Reconcile();
                break;
        }
    }

    /// <summary>The kernel tells this of each packet until the SA is changed: it is passed on once a second at the most, and at once where it is new.</summary>
    private void TakeMapping(Mapping mapping)
    {
        if (_tables.OwnerOf(mapping.Id) is not { } name || !_ownersByName.TryGetValue(name, out KernelOwner? owner)) return;
        IPEndPoint remote = new(mapping.NewAddress, mapping.NewPort);
        if (remote.Equals(owner.Mapping) && _node.Now - owner.MappedAt < MappingPause) return;
        (owner.Mapping, owner.MappedAt) = (remote, _node.Now);
        _node.Log.Knl.MappingChanged(mapping.Id.Spi, mapping.NewAddress, mapping.NewPort);
        owner.Actor.Tell(new SaMapped(owner.InboundSpi, remote));
    }

    /// <summary>Events were lost, so an SA may be gone without our knowing: look.</summary>
    private void Reconcile()
    {
        try
        {
            IReadOnlyList<string> missing = _tables.FindMissing();
            _node.Log.Knl.Reconciled(missing.Count);
            foreach (string owner in missing) TellLost(owner);
        }
        catch (XfrmException refused)
        {
            _node.Log.Knl.ReconcileFailed(refused.Message);
        }
    }

    private void TellLost(string? owner) => TellOwner(owner, known => new SaLost(known.InboundSpi));

    private void TellOwner(string? owner, Func<KernelOwner, object> message)
    {
        if (owner is not null && _ownersByName.TryGetValue(owner, out KernelOwner? known)) known.Actor.Tell(message(known));
    }

    /// <summary>Gives back SPIs that nobody used in time, and takes up what could not be removed.</summary>
    private void TidyUp()
    {
        foreach (uint spi in _tables.ExpireReservations(_node.Now)) _node.Log.Knl.ReservationExpired(spi);
        int resisting = _tables.Quarantined.Count;
        if (resisting == 0) return;
        int left = _tables.RetryQuarantine().Count;
        if (left < resisting) _node.Log.Knl.QuarantineShrank(resisting - left, left);
    }

    private sealed record FromKernel(XfrmEvent Event) : INoSerializationVerificationNeeded;

    private sealed record Tidy : INoSerializationVerificationNeeded
    {
        public static Tidy Instance { get; } = new();
    }

    private sealed record ProbeAgain : INoSerializationVerificationNeeded
    {
        public static ProbeAgain Instance { get; } = new();
    }
}
