using Akka.Actor;
using Concentrator.Actors.IkeSa;
using Concentrator.Actors.Node;
using Concentrator.Actors.Placement;
using Concentrator.Actors.Transport;
using Concentrator.Ike;
using Concentrator.Ike.Crypto;
using Concentrator.Ike.Session;
using Concentrator.Ike.Wire;
using Microsoft.Extensions.Logging;

namespace Concentrator.Actors.Routing;

/// <summary>The node stops, or is drained: nothing new begins.</summary>
internal sealed record CloseGate : INoSerializationVerificationNeeded;

/// <summary>It takes part again.</summary>
internal sealed record OpenGate : INoSerializationVerificationNeeded
{
    public static OpenGate Instance { get; } = new();
}

/// <summary>New clients that follow are sent to this gateway (RFC 5685 §3); null: they stay.</summary>
internal sealed record RedirectNewcomers(GatewayIdentity? To) : INoSerializationVerificationNeeded
{
    /// <summary>Those whom another gateway has sent here stay.</summary>
    public bool OnlyOnce { get; init; }
}

/// <summary>
/// One per node: puts every datagram before the <see cref="DatagramGate"/> and does what it says. An IKE_SA that may begin is entered in the directory
/// and counted as half open here; no actor exists before that. Allocates nothing for what is dropped.
/// </summary>
internal sealed class RouterActor : UntypedActor, IWithTimers
{
    private static readonly TimeSpan CookieLife = TimeSpan.FromSeconds(120);

    private readonly NodeContext _node;
    private readonly HalfOpenTable _halfOpen = new();
    private readonly StatelessCookie _cookies;
    private readonly DatagramGate _gate;
    private readonly Func<byte, bool> _leaves;
    private readonly byte[] _answer = new byte[UnprotectedAnswer.MaxLength];
    private bool _wasUnderLoad;

    public RouterActor(NodeContext node)
    {
        _node = node;
        _leaves = shard => node.Actors.Neighbours is { } neighbours && node.Addresses.FollowsItsAddress(shard, neighbours.Self);
        Span<byte> secret = stackalloc byte[StatelessCookie.SecretLength];
        node.Session.Random.Fill(secret);
        _cookies = new StatelessCookie(0, new Secret(secret));
        secret.Clear();
        _gate = new DatagramGate(node.Sessions, node.Minter, _cookies, _halfOpen, node.Options.HalfOpen) { CrashTokens = node.Session.CrashTokens, Store = node.Store?.Board, Elsewhere = node.Options.RedirectNewcomers?.Write(default) };
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(NodeContext node) => Akka.Actor.Props.Create(() => new RouterActor(node));

    // RFC 7296 §2.6: the secret changes from time to time; the cookie class accepts the one before.
    protected override void PreStart() => Timers.StartPeriodicTimer(nameof(RotateCookieSecret), RotateCookieSecret.Instance, CookieLife);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case InboundDatagram datagram:
                _node.Datagrams.Dequeued();
                Route(datagram);
                break;
            case TransmitHere transmit:
                _node.Send(transmit.Message, transmit.Path, from: null);
                break;
            case SessionSettled settled:
                _halfOpen.Remove(settled.Session);
                NoteLoad();
                break;
            case RotateCookieSecret:
                _cookies.Rotate(_node.Session.Random);
                break;
            case RedirectNewcomers redirect:
                (_gate.Elsewhere, _gate.RedirectsOnlyOnce) = (redirect.To?.Write(default), redirect.OnlyOnce);
                break;
            case CloseGate:
                _gate.IsClosed = true;
                break;
            case OpenGate:
                _gate.IsClosed = false;
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    protected override void PostStop() => _cookies.Dispose();

    private void Route(InboundDatagram datagram)
    {
        _gate.Shards = _node.Shards.Current;
        _gate.Belonging = _node.Addresses.ShardsOf(datagram.Local);
        // Who comes by way of another node has asked at an address of that node, whose shard is here: until it follows, or for good where they do not agree about the addresses, as while their lists are changed.
        (_gate.IsMoving, _gate.Leaves) = datagram.Ingress is null ? (_node.Addresses.IsMoving(datagram.Local), null) : (false, _leaves);
        if (datagram.Ingress is not null && _gate.Belonging is { } belonging && !_gate.Shards.HasAnyOf(belonging)) _gate.Belonging = null;
        GateVerdict verdict = _gate.Judge(datagram.Message.Span, datagram.Peer, _node.Now, _answer);
        switch (verdict.Action)
        {
            case GateAction.Deliver:
                if (datagram.Hops == 0) _node.Placement.CountRouted();
                _node.Actors.Sessions.Tell(new DeliverDatagram(verdict.Session, datagram));
                break;
            case GateAction.Begin:
                Begin(verdict.Session, datagram);
                break;
            default:
                if (verdict.Action == GateAction.Answer) _node.Send(_answer.AsSpan(0, verdict.AnswerLength).ToArray(), datagram.Path(), datagram.Ingress);
                Discard(verdict.Reason, datagram);
                break;
        }
    }

    private void Begin(SessionId session, InboundDatagram datagram)
    {
        if (datagram.Hops == 0) _node.Placement.CountRouted();
        _node.Sessions.TryEnter(session);
        _halfOpen.Add(session, datagram.Peer);
        NoteLoad();
        // The shard has left in this very moment, and its anchor may have looked for such as this one already. The peer repeats itself.
        if (!_node.Shards.Current.Contains(session.Shard)) GiveUp(session);
        _node.Actors.Sessions.Tell(new DeliverDatagram(session, datagram));
    }

    private void GiveUp(SessionId session)
    {
        _node.Sessions.Withdraw(session);
        _halfOpen.Remove(session);
    }

    private void Discard(DropReason reason, InboundDatagram datagram)
    {
        _node.Drops.Count(reason);
        if (_node.Log.Net.IsEnabled(LogLevel.Debug)) _node.Log.Net.DroppedPacket(new HostPort(datagram.Peer.ToIPEndPoint()), reason);
        if (_node.Events.IsObserved) _node.Events.Publish(new DatagramDiscarded(_node.Time.GetUtcNow(), reason, datagram.Peer.ToIPEndPoint()));
        datagram.Release();
    }

    private void NoteLoad()
    {
        _node.Gauges.HalfOpen = _halfOpen.Total;
        if (_gate.DemandsCookies == _wasUnderLoad) return;
        _wasUnderLoad = !_wasUnderLoad;
        if (_wasUnderLoad) _node.Log.Net.UnderLoad(_halfOpen.Total);
        else _node.Log.Net.LoadIsOver(_halfOpen.Total);
    }

    private sealed record RotateCookieSecret : INoSerializationVerificationNeeded
    {
        public static RotateCookieSecret Instance { get; } = new();
    }
}
