using System.Net;
using Akka.Actor;
using Concentrator.Actors.Connections;
using Concentrator.Actors.Node;
using Concentrator.Actors.Routing;
using Concentrator.Ike.Session;
using Concentrator.Kernel;

namespace Concentrator.Actors.Kernel;

/// <summary>What the kernel tells unasked, and taking up again what it would not remove.</summary>
internal sealed partial class KernelActor
{
    private const double StraysPerSecond = 10;
    private const int StrayBurst = 20;
    private static readonly TimeSpan TidyPeriod = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan MappingPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FirstQuarantineRetry = TimeSpan.FromMilliseconds(200);

    private int _quarantineTries;
    private int _resisting;

    private readonly TokenBucket _strays = new(StraysPerSecond, StrayBurst);

    /// <summary>On the backend's thread.</summary>
    private void Pass(XfrmEvent told) => _self.Tell(new FromKernel(told), ActorRefs.NoSender);

    private void Take(XfrmEvent told)
    {
        switch (told)
        {
            // An ACQUIRE was not answered in time. The trap stays, and the next packet asks again.
            case Expire { Id.Spi: 0 } acquire:
                _node.Log.Knl.AcquireExpired(acquire.ReqId);
                break;
            case Expire { Hard: true } expire:
                _node.Log.Knl.SaExpired(expire.Id.Spi);
                TellLost(_tables.NoteExpired(expire.Id));
                break;
            case Expire expire:
                _node.Log.Knl.SaExpiresSoon(expire.Id.Spi);
                TellExpiring(_tables.NoteExpiring(expire.Id));
                break;
            case Mapping mapping:
                TakeMapping(mapping);
                break;
            case Acquire acquire:
                Spring(acquire);
                break;
            // RFC 7296 §1.5: told, but not to a flood.
            case UnknownSpi stray when _strays.TryTake(_node.Now):
                _node.Actors.Connections.Tell(new StrayEsp(stray.Spi, stray.Peer, stray.Local));
                break;
            case UnknownSpi:
                break;
            case EventsLost:
                _node.Log.Knl.EventsLost();
                BeginReconciliation();
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

    private void TellLost(string? owner)
    {
        if (owner is null || !LoseTrap(owner)) TellOwner(owner, known => new SaLost(known.InboundSpi));
    }

    private void TellExpiring(string? owner) => TellOwner(owner, known => new SaExpiresSoon(known.InboundSpi));

    private void TellOwner(string? owner, Func<KernelOwner, object> message)
    {
        if (owner is not null && _ownersByName.TryGetValue(owner, out KernelOwner? known)) known.Actor.Tell(message(known));
    }

    /// <summary>Gives back SPIs that nobody used in time, and takes up what could not be removed.</summary>
    private void TidyUp()
    {
        foreach (uint spi in _tables.ExpireReservations(_node.Now)) _node.Log.Knl.ReservationExpired(spi);
        RetryQuarantine();
    }

    private void RetryQuarantine()
    {
        if (!_tables.HasQuarantined) return;
        int resisting = _tables.Quarantined.Count, left = _tables.RetryQuarantine().Count;
        if (left < resisting) _node.Log.Knl.QuarantineShrank(resisting - left, left);
    }

    /// <summary>
    /// A policy that resists may send traffic to where nobody listens: it is taken up again soon, then ever less often; and soon again where another joins it.
    /// </summary>
    private void AwaitQuarantine()
    {
        int resisting = _tables.HasQuarantined ? _tables.Quarantined.Count : 0;
        bool isNew = resisting > _resisting;
        _resisting = resisting;
        if (isNew || resisting == 0) _quarantineTries = 0;
        if (resisting == 0 || (!isNew && Timers.IsTimerActive(nameof(RetryNow)))) return;
        TimeSpan delay = FirstQuarantineRetry * Math.Pow(2, Math.Min(_quarantineTries++, 16));
        Timers.StartSingleTimer(nameof(RetryNow), RetryNow.Instance, delay < TidyPeriod ? delay : TidyPeriod);
    }

    private sealed record FromKernel(XfrmEvent Event) : INoSerializationVerificationNeeded;

    private sealed record Tidy : INoSerializationVerificationNeeded
    {
        public static Tidy Instance { get; } = new();
    }

    private sealed record RetryNow : INoSerializationVerificationNeeded
    {
        public static RetryNow Instance { get; } = new();
    }

    private sealed record ProbeAgain : INoSerializationVerificationNeeded
    {
        public static ProbeAgain Instance { get; } = new();
    }
}
