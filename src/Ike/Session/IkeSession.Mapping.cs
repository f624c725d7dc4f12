using System.Net;

namespace Concentrator.Ike.Session;

/// <summary>
/// NATs between the two ends: keeping their mappings alive, following a peer whose mapping has changed without a word (RFC 7296 §2.23, RFC 3948 §4), and
/// taking the SAs along.
/// </summary>
public sealed partial class IkeSession
{
    private TimeSpan _lastSent;

    /// <summary>Where ESP goes when that is not where IKE goes.</summary>
    private IkePath? _espPath;

    private IkePath EspPath => _espPath ?? Path!;

    /// <summary>The kernel is asked whether ESP went out; the timer is then the bound on its answer.</summary>
    private bool _countsSent;

    /// <summary>When the kernel last said so.</summary>
    private TimeSpan _sentCountedAt;

    private bool KeepsMappingAlive =>
        State == IkeSaState.Established && _weAreBehindNat && Path is { NonEspMarker: true } && _context.KeepAlive > TimeSpan.Zero;

    /// <summary>
    /// RFC 3948 §4: the host behind the NAT sends them, and only when it has not sent anything else for as long. ESP that it sent has a count and no time, so
    /// the kernel is asked at half of that time as well: two answers then say it well enough.
    /// </summary>
    private void OnKeepaliveTimer()
    {
        if (KeepsMappingAlive && !_countsSent && _espPath is null && _children.Values.Any(HasPackets))
        {
            _countsSent = true;
            _effects.Add(new AskForTraffic());
            Arm(TimerKind.Keepalive, Shorter(_context.TrafficPatience, _context.KeepAlive / 4));
            return;
        }

        _countsSent = false;
        KeepMappingAlive();
    }

    private void KeepMappingAlive()
    {
        if (!KeepsMappingAlive)
        {
            Cancel(TimerKind.Keepalive);
            return;
        }

        TimeSpan silence = _now - _lastSent;
        if (silence >= _context.KeepAlive)
        {
            _effects.Add(new TransmitKeepalive(Path!));
            (_lastSent, silence) = (_now, TimeSpan.Zero);
        }

        Arm(TimerKind.Keepalive, Shorter(_context.KeepAlive - silence, _context.KeepAlive / 2));
    }

    /// <summary>ESP that goes where IKE goes keeps the same mapping alive; it left after the last answer, at the earliest.</summary>
    private void NoteSent(bool flows)
    {
        if (flows && _espPath is null && _sentCountedAt > _lastSent) _lastSent = _sentCountedAt;
        _sentCountedAt = _now;
        if (!_countsSent) return;
        _countsSent = false;
        KeepMappingAlive();
    }

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    /// <summary>
    /// RFC 7296 §2.23: a new request or response whose integrity check was good, from another address or port than before, shows where a peer behind a NAT is
    /// now. A host that is behind a NAT itself does not follow, nor does one that does MOBIKE (RFC 4555 §3.8); repetitions never come here.
    /// </summary>
    private void FollowPeer(IkeSa sa, IkePath seen)
    {
        if (sa != _sa || State != IkeSaState.Established || _mobike || !MayFollow || seen.Remote.Equals(Path!.Remote)) return;
        if (seen.NonEspMarker != Path.NonEspMarker || seen.Remote.AddressFamily != Path.Remote.AddressFamily) return;
        GoTo(seen, "the peer's NAT has given it another address or port");
    }

    private bool MayFollow => _peerIsBehindNat && !_weAreBehindNat;

    /// <summary>The kernel has seen the same of ESP. Of a peer that does MOBIKE this says where its ESP comes from, no more (RFC 4555 §3.8).</summary>
    private void OnMappingChanged(MappingChanged mapping)
    {
        if (State != IkeSaState.Established || !MayFollow || mapping.Remote.AddressFamily != EspPath.Remote.AddressFamily) return;
        if (mapping.Remote.Equals(EspPath.Remote))
        {
            // All have been told already, but this one may have been on its way then.
            if (_children.TryGetValue(mapping.ChildId, out Child? child)) MoveChild(child);
            return;
        }

        IkePath seen = EspPath with { Remote = mapping.Remote };
        if (!_mobike)
        {
            GoTo(seen, "the peer's NAT has given it another address or port");
            return;
        }

        _espPath = seen;
        MustBeWritten();
        MoveChildren();
    }

    /// <summary>From now on requests, their repetitions, and all SAs go this way.</summary>
    private void GoTo(IkePath path, string why)
    {
        Say(LogTag.Ike, Severity.Info, $"{why}: {Text(Path!)} => {Text(path)}");
        Path = path;
        TakeSasAlong();
    }

    private void TakeSasAlong()
    {
        _espPath = null;
        MustBeWritten();
        MoveChildren();
        KeepMappingAlive();
    }

    private void MoveChildren()
    {
        foreach (Child child in _children.Values) MoveChild(child);
    }

    private void MoveChild(Child child)
    {
        if (child.OwnerIsGone || child.Phase is ChildPhase.ReservingSpi or ChildPhase.Requested or ChildPhase.Removing) return;
        _effects.Add(new TellChild(child.Plan.ChildId, new MoveChild(EspPath.Local, EspPath.Remote, UsesUdpEncapsulation)));
    }

    private static string Text(IkePath path) => $"{Text(path.Local)}...{Text(path.Remote)}";

    private static string Text(IPEndPoint endpoint) => $"{endpoint.Address}[{endpoint.Port}]";
}
