using Concentrator.Ike.Crypto;
using Concentrator.Ike.Session.State;

namespace Concentrator.Ike.Session;

/// <summary>The state as data. <see cref="Restore"/> is the way back.</summary>
public sealed partial class IkeSession
{
    /// <summary>When the IKE SA in use was made.</summary>
    private TimeSpan _inUseSince;

    /// <summary>
    /// What a successor needs to go on with this session; null where there is nothing to go on with: before the peer is authenticated, and at the end. A request
    /// of the peer's that is being answered is as if it had not come yet: it comes again. The caller disposes the result, whose keys are copies.
    /// </summary>
    /// <param name="now">As to <see cref="Handle"/>.</param>
    public SessionState? Export(TimeSpan now)
    {
        if (!_context.IsPersistent || !_isAuthenticated || _isLost || _endTrigger is not null || State is not (IkeSaState.Established or IkeSaState.Deleting)) return null;
        return new SessionState
        {
            Connection = _connection!.Name,
            IsInitiator = IsInitiator,
            LocalIdentity = LocalIdentity!,
            RemoteIdentity = RemoteIdentity!,
            Path = Path!,
            EspPath = _espPath,
            Current = StateOf(_sa),
            Replaced = [.. _replaced.Select(StateOf)],
            LastGeneration = _lastGeneration,
            Age = now - _inUseSince,
            Rekey = _rekey is { } rekey
                ? new IkeRekeyState(rekey.Sa.LocalSpi, rekey.IsSent, rekey.Nonce, rekey.KeyExchange is { } exchange ? StateOf(exchange) : null, rekey.Offered, rekey.Restarts)
                : null,
            RekeyByPeer = _rekeyedByPeer is { } theirs ? new PeerRekeyState(StateOf(theirs.Sa), theirs.LowestNonce) : null,
            FailedRekeys = _failedRekeys,
            Closing = State == IkeSaState.Deleting ? _endReason : null,
            Children = [.. _children.Values.Where(IsExported).Select(child => StateOf(child, now))],
            LastChildId = _lastChildId,
            Wanted = [.. _wanted],
            FailedAttempts = new Dictionary<string, int>(_failedAttempts),
            Waiting = [.. _queue.Select(RequestState.Of)],
            PeerAddresses = [.. PeerAddresses],
            HoldsLease = _holdsLease,
            VirtualAddresses = [.. VirtualAddresses],
            Peer = ExportPeer(),
        };
    }

    private PeerState ExportPeer() => new()
    {
        Fragmentation = _fragmentation,
        LargestPacket = _largestPacket,
        Mobike = _mobike,
        SynchronizesIds = _peerSynchronizes,
        FollowsRedirect = _peerFollowsRedirect,
        KnowsNat = _peerKnowsNat,
        IsBehindNat = _peerIsBehindNat,
        WeAreBehindNat = _weAreBehindNat,
        SeesUsAt = _seenByPeer,
        Addresses = [.. _peerAddresses],
        Told = [.. _toldAddresses],
        UpdateNumber = _updateNumber,
    };

    private static GenerationState StateOf(IkeSa sa) => new()
    {
        LocalSpi = sa.LocalSpi,
        RemoteSpi = sa.RemoteSpi,
        IsInitiator = sa.IsInitiator,
        Suite = sa.Suite!,
        Keys = sa.Keys!.Copy(),
        NextOutboundId = sa.NextOutboundId,
        NextInboundId = sa.NextInboundId,
        SynchronizedAt = sa.SynchronizedAt,
        Outstanding = sa.Outstanding is { } request
            ? new OutstandingState(RequestState.Of(request.Request), request.MessageId, [.. request.Datagrams.Select(d => (ReadOnlyMemory<byte>)d)], request.Summary)
            : null,
        LastResponse = sa.LastResponse is { } response
            ? new ResponseState(response.Header.Exchange, response.Header.MessageId, sa.LastRequestDigest, [.. response.Datagrams.Select(d => (ReadOnlyMemory<byte>)d)])
            : null,
        PeerCrashToken = sa.PeerCrashToken?.Copy(),
    };

    /// <summary>Not those that have no SPI yet, nor those whose request is being answered, and none of which the kernel alone has something left.</summary>
    private bool IsExported(Child child) => child.Phase switch
    {
        ChildPhase.Requested => true,
        ChildPhase.Installing => child.Plan.IsInitiator,
        ChildPhase.Installed or ChildPhase.Deleting or ChildPhase.Lingering => true,
        _ => false,
    };

    private ChildState StateOf(Child child, TimeSpan now) => new()
    {
        ChildId = child.Plan.ChildId,
        Config = child.Plan.Config.Name,
        IsInitiator = child.Plan.IsInitiator,
        Exchange = child.Plan.Exchange,
        RekeyOf = child.Plan.RekeyOf,
        Phase = child.Phase,
        InboundSpi = child.InboundSpi,
        PeerSpi = child.PeerSpi,
        Parameters = child is { OwnerIsGone: false, Parameters: { } parameters }
            ? parameters with
            {
                Keys = parameters.Keys.Copy(),
                LocalEndpoint = EspPath.Local,
                RemoteEndpoint = EspPath.Remote,
                UdpEncapsulation = UsesUdpEncapsulation,
                HoldOutbound = child.IsHeld,
            }
            : null,
        Offer = child.Phase == ChildPhase.Requested
            ? new OfferState(child.Offered, child.LocalOffer, child.RemoteOffer, child.Nonce, child.KeyExchange is { } exchange ? StateOf(exchange) : null, child.Restarts)
            : null,
        Age = child.Phase is ChildPhase.Installed or ChildPhase.Deleting or ChildPhase.Lingering ? now - child.InstalledAt : TimeSpan.Zero,
        IsHeld = child.IsHeld,
        UnconfirmedOn = child.UnconfirmedOn?.Generation,
        IsPremature = child.IsPremature,
        Denials = child.Denials,
        FailedRekeys = _failedChildRekeys.GetValueOrDefault(child.Plan.ChildId),
        IsSuperseded = child.IsSuperseded,
        IsDeletedByPeer = child.IsDeletedByPeer,
        IsLost = child.IsLost,
        LowestNonce = child.LowestNonce,
    };

    private static KeyExchangeState StateOf(IKeyExchange exchange) => new(exchange.Method, exchange.PrivateValue.Copy());
}
