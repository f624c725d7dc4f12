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

    /// <summary>RFC 3948 §4: the host behind the NAT sends them, and only when it has not sent anything else for as long.</summary>
    private void KeepMappingAlive()
    {
        if (State != IkeSaState.Established || !_weAreBehindNat || Path is not { NonEspMarker: true } path || _context.KeepAlive <= TimeSpan.Zero)
        {
            Cancel(TimerKind.Keepalive);
            return;
        }

        TimeSpan silence = _now - _lastSent;
        if (silence >= _context.KeepAlive)
        {
            _effects.Add(new TransmitKeepalive(path));
            (_lastSent, silence) = (_now, TimeSpan.Zero);
        }

        Arm(TimerKind.Keepalive, _context.KeepAlive - silence);
    }

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
