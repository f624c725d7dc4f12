using System.Net;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Session;

/// <summary>
/// Addresses of ours come and go, or the peer's do: the side that set up the IKE SA chooses the way and says so with UPDATE_SA_ADDRESSES (RFC 4555 §3.5); the
/// other tells what addresses it has (§3.6).
/// </summary>
public sealed partial class IkeSession
{
    /// <summary>After so many sendings in vain a request is tried along all other ways as well.</summary>
    private const int TriesBeforeProbing = 2;

    /// <summary>Of the updates that we wanted: an answer to an older one is not acted upon.</summary>
    private uint _updateNumber;

    private readonly HashSet<IkePath> _refusedPaths = [];

    private void OnAddressesChanged()
    {
        if (State != IkeSaState.Established || !_mobike) return;
        _refusedPaths.Clear();
        if (IsInitiator) RoamWhereNeeded();
        else SendFromAnotherAddress();
        if (_sa.Outstanding?.Request is UpdateAddressesRequest || _queue.Any(r => r is UpdateAddressesRequest or AddressListRequest)) return;
        if (!AdditionalAddresses().SequenceEqual(_toldAddresses)) Enqueue(new AddressListRequest());
    }

    /// <summary>The way in use stays as long as it can be gone.</summary>
    private void RoamWhereNeeded()
    {
        if (_context.IsShared(Path!.Local.Address)) return;
        if (OwnAddresses().Contains(Path.Local.Address) && _context.SourceTowards(Path.Remote.Address) is not null) return;
        if (Ways().FirstOrDefault() is { } way) Roam(way, "our address or route is gone");
        else Say(LogTag.Ike, Severity.Warning, "no address of ours has a route to the peer: waiting for one");
    }

    /// <summary>RFC 4555 §3.6: the peer's address in use is not among those that it still has.</summary>
    private void RoamFromLostAddress(IPAddress from)
    {
        if (Path!.Remote.Address.Equals(from) || _peerAddresses.Contains(Path.Remote.Address)) return;
        if (!_peerAddresses.Contains(from) && _connection!.AllowsRemote(from)) _peerAddresses.Insert(0, from);
        if (Ways().FirstOrDefault(w => !w.Remote.Address.Equals(Path.Remote.Address)) is { } way) Roam(way, "the peer's address is gone");
    }

    /// <summary>A responder cannot move the SAs, but it can ask from where it is now.</summary>
    private void SendFromAnotherAddress()
    {
        if (_context.IsShared(Path!.Local.Address) || OwnAddresses().Contains(Path.Local.Address)) return;
        if (_context.SourceTowards(Path.Remote.Address) is not { } source || !_connection!.AllowsLocal(source)) return;
        _espPath ??= Path;
        Path = Path with { Local = new IPEndPoint(source, Path.Local.Port) };
    }

    /// <summary>From each of the peer's addresses that has a route, the one in use first.</summary>
    private IEnumerable<IkePath> Ways() =>
        from remote in _peerAddresses.Prepend(Path!.Remote.Address)
        let local = _context.SourceTowards(remote)
        where local is not null && _connection!.AllowsLocal(local)
        let way = WayBetween(local, remote)
        where !_refusedPaths.Contains(way)
        select way;

    private IkePath WayBetween(IPAddress local, IPAddress remote)
    {
        int port = remote.Equals(Path!.Remote.Address) || !Path.NonEspMarker ? Path.Remote.Port : _context.RemoteNatPort;
        return Path with { Local = new IPEndPoint(local, Path.Local.Port), Remote = new IPEndPoint(remote, port) };
    }

    /// <summary>
    /// RFC 4555 §3.5: the IKE SA first, what is on its way is repeated from there, then the peer is told. The SAs go along at once, unless it is the peer's
    /// address that changes: that one has to answer first (§3.7).
    /// </summary>
    private void Roam(IkePath way, string why)
    {
        IkePath before = Path!;
        Say(LogTag.Ike, Severity.Info, $"{why}: {Text(before)} => {Text(way)}");
        Path = way;
        if (before.Remote.Address.Equals(way.Remote.Address))
            TakeSasAlong();
        else
            _espPath ??= before;
        if (before != way && _sa.Outstanding is { } outstanding) Send(outstanding.Datagrams, outstanding.Summary, way, repeated: true);
        EnqueueFirst(new UpdateAddressesRequest(++_updateNumber, DrawCookie()));
    }

    /// <summary>Before all that waits, behind what is on its way: the window is one.</summary>
    private void EnqueueFirst(Request request)
    {
        Request[] waiting = [.. _queue];
        _queue.Clear();
        _queue.Enqueue(request);
        foreach (Request other in waiting) _queue.Enqueue(other);
        SendNext();
    }

    /// <summary>Null when a later one has taken its place.</summary>
    private List<Payload>? UpdateAddressesPayloads(UpdateAddressesRequest update)
    {
        if (update.Number != _updateNumber) return null;
        return
        [
            new NotifyPayload(NotifyType.UpdateSaAddresses),
            .. _peerKnowsNat ? NatDetectionPayloads(Path!) : [],
            .. AddressList(),
            new NotifyPayload(NotifyType.Cookie2, update.Cookie),
        ];
    }

    private void OnUpdateAddressesResponse(UpdateAddressesRequest update, IkeMessage message, IkePath seen)
    {
        if (State != IkeSaState.Established || !IsCookieReturned(message, update.Cookie) || update.Number != _updateNumber) return;
        if (message.FirstErrorNotify is { } error)
        {
            Say(LogTag.Ike, Severity.Warning, $"received {error.NotifyType.RfcName()} notify error");
            _refusedPaths.Add(Path!);
            if (Ways().FirstOrDefault() is { } way) Roam(way, "the peer does not take these addresses");
            else BeginClose(EndReason.AddressesRefused);
            return;
        }

        if (HasNatDetection(message)) DetectNat(message, seen);
        TakeSasAlong();
    }

    /// <summary>RFC 4555 §3.8: behind a NAT every liveness check asks for the peer's view of our address.</summary>
    private IEnumerable<Payload> ViewOfAddresses() => _mobike && IsInitiator && _weAreBehindNat ? NatDetectionPayloads(Path!) : [];

    private void CompareViewOfAddresses(IkeMessage message)
    {
        if (!_mobike || !IsInitiator || State != IkeSaState.Established || message.Notify(NotifyType.NatDetectionDestinationIp) is not { } view) return;
        if (view.Data.Span.SequenceEqual(_seenByPeer)) return;
        _seenByPeer = view.Data.ToArray();
        Roam(Path!, "our NAT has given us another address or port");
    }

    /// <summary>Where no answer comes the way may be at fault: the request goes round all of them (RFC 4555 §3.11: any exchange tests a path).</summary>
    private IkePath WayOfRepetition(IkeSa sa, OutstandingRequest request)
    {
        if (!_mobike || !IsInitiator || sa != _sa || State != IkeSaState.Established || request.Sent <= TriesBeforeProbing) return Path!;
        IkePath[] ways = [.. Ways().Prepend(Path!).Distinct()];
        return ways[(request.Sent - TriesBeforeProbing) % ways.Length];
    }

    /// <summary>An answer that came along another way than the one in use: that way works, so it is taken.</summary>
    private void AdoptProbedWay(IkeSa sa, IkePath seen)
    {
        if (!_mobike || !IsInitiator || sa != _sa || State != IkeSaState.Established || seen.Local.Address.Equals(Path!.Local.Address) && seen.Remote.Address.Equals(Path.Remote.Address)) return;
        if (Ways().FirstOrDefault(w => w.Local.Address.Equals(seen.Local.Address) && w.Remote.Address.Equals(seen.Remote.Address)) is { } way)
            Roam(way, "the peer answers along another way");
    }
}
