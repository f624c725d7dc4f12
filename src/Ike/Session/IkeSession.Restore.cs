using Concentrator.Ike.Configuration;
using Concentrator.Ike.Crypto;
using Concentrator.Ike.Session.State;

namespace Concentrator.Ike.Session;

/// <summary>The way back from <see cref="Export"/>.</summary>
public sealed partial class IkeSession
{
    private readonly ushort _incarnation;

    private IkeSession(SessionContext context, IkeSa sa, ushort incarnation)
    {
        _context = context;
        _sa = sa;
        _incarnation = incarnation;
    }

    /// <summary>
    /// A session that goes on where the one of <paramref name="state"/> was, once it is told <see cref="TakeOver"/>; null, with what is wrong, where that cannot
    /// be. The caller still owns <paramref name="state"/>.
    /// </summary>
    /// <param name="context">Of the node that goes on; its configuration has to know the connection.</param>
    /// <param name="state">As it was committed.</param>
    /// <param name="age">What has passed since, by the wall clock; never negative.</param>
    /// <param name="incarnation">Higher than that of every session of this lineage before: no IV of theirs is used again.</param>
    /// <param name="now">As to <see cref="Handle"/>.</param>
    /// <param name="problem">For people; empty where there is none.</param>
    public static IkeSession? Restore(SessionContext context, SessionState state, TimeSpan age, ushort incarnation, TimeSpan now, out string problem)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(state);
        ArgumentOutOfRangeException.ThrowIfLessThan(age, TimeSpan.Zero);
        problem = "";
        if (context.Config.Connections.FirstOrDefault(c => c.Name == state.Connection) is not { } connection)
        {
            problem = $"connection '{state.Connection}' is not configured any more";
            return null;
        }

        IkeSession? session = null;
        try
        {
            session = new IkeSession(context, SaOf(context, state.Current, incarnation), incarnation) { _connection = connection, _now = now };
            session.TakeLineage(state, age, now);
            session.TakePeer(state);
            session.TakeChildren(state, age, now);
            session.TakeRequests(state);
            return session;
        }
        catch (ArgumentException wrong)
        {
            // An algorithm that is not of this program, a key of another length, a child twice: no state that was exported here.
            session?.Dispose();
            problem = wrong.Message;
            return null;
        }
    }

    /// <summary>The children whose actors are started with <see cref="TakeOver"/>, all with <see cref="ChildPlan.Restored"/>. Their keys are their actors'.</summary>
    public IReadOnlyList<ChildPlan> ChildrenComingBack => [.. _children.Values.Where(child => !child.OwnerIsGone).Select(child => child.Plan)];

    /// <summary>The names of the children that are to be up.</summary>
    public IReadOnlyList<string> Wanted => [.. _wanted];

    private void TakeLineage(SessionState state, TimeSpan age, TimeSpan now)
    {
        IsInitiator = state.IsInitiator;
        (LocalIdentity, RemoteIdentity) = (state.LocalIdentity, state.RemoteIdentity);
        (Path, _espPath) = (state.Path, state.EspPath);
        State = state.Closing is null ? IkeSaState.Established : IkeSaState.Deleting;
        _endReason = state.Closing;
        (_isAuthenticated, _isRestored) = (true, true);
        _inUseSince = now - age - state.Age;
        _lastHeard = _lastSent = now;
        _lastGeneration = state.LastGeneration;
        _failedRekeys = state.FailedRekeys;
        _writtenOutboundId = _sa.NextOutboundId;
        _replaced.AddRange(state.Replaced.Select(sa => SaOf(_context, sa, _incarnation)));
        if (state.RekeyByPeer is { } theirs) _rekeyedByPeer = new PeerRekey(SaOf(_context, theirs.Made, _incarnation), theirs.LowestNonce.ToArray());
        if (state.Rekey is { } rekey)
        {
            _rekey = new IkeRekey(rekey.LocalSpi)
            {
                Nonce = rekey.Nonce.ToArray(),
                KeyExchange = rekey.KeyExchange is { } exchange ? KeyExchanges.Import(exchange.Method, exchange.PrivateValue) : null,
                Offered = rekey.Offered,
                Restarts = rekey.Restarts,
                IsSent = rekey.IsSent,
            };
        }
    }

    private void TakePeer(SessionState state)
    {
        PeerState peer = state.Peer;
        (_fragmentation, _largestPacket) = (peer.Fragmentation, peer.LargestPacket);
        (_mobike, _peerSynchronizes, _peerFollowsRedirect) = (peer.Mobike, peer.SynchronizesIds, peer.FollowsRedirect);
        (_peerKnowsNat, _peerIsBehindNat, _weAreBehindNat) = (peer.KnowsNat, peer.IsBehindNat, peer.WeAreBehindNat);
        _seenByPeer = peer.SeesUsAt.ToArray();
        (_peerAddresses, _toldAddresses, _updateNumber) = ([.. peer.Addresses], [.. peer.Told], peer.UpdateNumber);
    }

    private void TakeChildren(SessionState state, TimeSpan age, TimeSpan now)
    {
        _lastChildId = state.LastChildId;
        (PeerAddresses, _holdsLease, VirtualAddresses) = ([.. state.PeerAddresses], state.HoldsLease, [.. state.VirtualAddresses]);
        _wanted.AddRange(state.Wanted);
        foreach ((string name, int attempts) in state.FailedAttempts) _failedAttempts[name] = attempts;
        foreach (ChildState child in state.Children)
        {
            _children.Add(child.ChildId, ChildOf(child, state, age, now));
            if (child.FailedRekeys > 0) _failedChildRekeys[child.ChildId] = child.FailedRekeys;
        }
    }

    private void TakeRequests(SessionState state)
    {
        foreach (Request request in state.Waiting.Select(request => request.ToRequest()).OfType<Request>()) _queue.Enqueue(request);
        _asksForAddresses = _sa.Outstanding?.Request is AddressRequest || _queue.Any(request => request is AddressRequest);
    }

    private static IkeSa SaOf(SessionContext context, GenerationState state, ushort incarnation)
    {
        var sa = new IkeSa(state.LocalSpi)
        {
            RemoteSpi = state.RemoteSpi,
            IsInitiator = state.IsInitiator,
            NextOutboundId = state.NextOutboundId,
            NextInboundId = state.NextInboundId,
            SynchronizedAt = state.SynchronizedAt,
            PeerCrashToken = state.PeerCrashToken?.Copy(),
        };
        sa.TakeKeys(state.Suite, state.Keys.Copy(), context.Random, incarnation);
        if (state.LastResponse is { } response)
        {
            sa.LastResponse = new KeptResponse(sa.HeaderFor(response.Exchange, isResponse: true, response.MessageId), [], [.. response.Datagrams.Select(d => d.ToArray())]);
            sa.LastRequestDigest = response.RequestDigest.ToArray();
        }

        if (state.Outstanding is { } outstanding && outstanding.Request.ToRequest() is { } request)
            sa.Outstanding = new OutstandingRequest(request, outstanding.MessageId, [.. outstanding.Datagrams.Select(d => d.ToArray())], outstanding.Summary, payloads: null) { IsWritten = true };
        return sa;
    }

    private Child ChildOf(ChildState state, SessionState session, TimeSpan age, TimeSpan now)
    {
        // One whose configuration is no more is closed at the peer, as an operator would close it.
        bool isConfigured = _connection!.Children.Any(c => c.Name == state.Config);
        ChildConfig config = _connection.Children.FirstOrDefault(c => c.Name == state.Config) ?? new ChildConfig { Name = state.Config, Proposals = [] };
        ChildSaParameters? parameters = state.Parameters is { } p ? p with { Keys = p.Keys.Copy() } : null;
        // Where its predecessor has gone nothing is left that could send in its place.
        ChildSaParameters? installs = parameters is null
            ? null
            : parameters with
            {
                Keys = parameters.Keys.Copy(),
                Limits = parameters.Limits with { HardTime = Left(parameters.Limits.HardTime, state.Age + age) },
                HoldOutbound = state.IsHeld && session.Children.Any(c => c.ChildId == state.RekeyOf && c is { Phase: ChildPhase.Installed, IsSuperseded: false }),
            };
        bool hasActor = parameters is not null || state.Phase == ChildPhase.Requested;
        var plan = new ChildPlan(state.ChildId, config, state.IsInitiator, state.Exchange, state.RekeyOf)
        {
            Restored = hasActor
                ? new RestoredChild(state.InboundSpi, installs, state.IsSuperseded)
                : null,
        };
        return new Child(plan)
        {
            Phase = state.Phase,
            InboundSpi = state.InboundSpi,
            PeerSpi = state.PeerSpi,
            Parameters = parameters,
            Offered = state.Offer?.Proposals ?? [],
            LocalOffer = state.Offer?.Local ?? [],
            RemoteOffer = state.Offer?.Remote ?? [],
            Nonce = state.Offer?.Nonce.ToArray() ?? [],
            KeyExchange = state.Offer?.KeyExchange is { } exchange ? KeyExchanges.Import(exchange.Method, exchange.PrivateValue) : null,
            Restarts = state.Offer?.Restarts ?? 0,
            LowestNonce = state.LowestNonce.ToArray(),
            IsHeld = state.IsHeld,
            UnconfirmedOn = state.UnconfirmedOn is { } generation ? GenerationOf(generation) : null,
            IsPremature = state.IsPremature,
            Denials = state.Denials,
            IsSuperseded = state.IsSuperseded,
            IsDeletedByPeer = state.IsDeletedByPeer,
            IsLost = state.IsLost,
            OwnerIsGone = !hasActor,
            IsUnconfigured = !isConfigured,
            InstalledAt = now - age - state.Age,
        };
    }

    /// <summary>In the place of one that was forgotten meanwhile, the one in use.</summary>
    private IkeSa GenerationOf(byte generation) =>
        _replaced.Find(sa => sa.Generation == generation) ?? (_rekeyedByPeer?.Sa.Generation == generation ? _rekeyedByPeer.Sa : _sa);

    /// <summary>Zero is without a limit, and stays so; what is spent already ends at once.</summary>
    private static TimeSpan Left(TimeSpan limit, TimeSpan spent) =>
        limit <= TimeSpan.Zero ? limit : limit - spent > TimeSpan.FromSeconds(1) ? limit - spent : TimeSpan.FromSeconds(1);
}
