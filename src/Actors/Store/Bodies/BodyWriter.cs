using System.Net;
using Concentrator.Ike.Proposals;
using Concentrator.Ike.Selectors;
using Concentrator.Ike.Session;
using Concentrator.Ike.Session.State;
using Google.Protobuf;

namespace Concentrator.Actors.Store.Bodies;

/// <summary>A session's state as a body. What is written holds copies of the keys: <see cref="SecretOctets.ZeroKeys"/> afterwards.</summary>
internal static class BodyWriter
{
    public static Session Write(SessionState state)
    {
        Session session = new()
        {
            Connection = state.Connection,
            IsInitiator = state.IsInitiator,
            LocalIdentity = Write(state.LocalIdentity),
            RemoteIdentity = Write(state.RemoteIdentity),
            Path = Write(state.Path),
            EspPath = Write(state.EspPath),
            Current = Write(state.Current),
            Replaced = { state.Replaced.Select(Write) },
            LastGeneration = state.LastGeneration,
            Age = Milliseconds(state.Age),
            Rekey = state.Rekey is { } rekey
                ? new IkeRekey
                {
                    LocalSpi = rekey.LocalSpi,
                    Nonce = Octets(rekey.Nonce),
                    IsSent = rekey.IsSent,
                    KeyExchange = rekey.KeyExchange is { } exchange ? Write(exchange) : null,
                    Offered = { rekey.Offered.Select(Write) },
                    Restarts = rekey.Restarts,
                }
                : null,
            RekeyByPeer = state.RekeyByPeer is { } theirs ? new PeerRekey { Made = Write(theirs.Made), LowestNonce = Octets(theirs.LowestNonce) } : null,
            FailedRekeys = state.FailedRekeys,
            Children = { state.Children.Select(Write) },
            LastChildId = state.LastChildId,
            Wanted = { state.Wanted },
            FailedAttempts = { state.FailedAttempts.ToDictionary() },
            Waiting = { state.Waiting.Select(Write) },
            Peer = Write(state.Peer),
            PeerAddresses = { state.PeerAddresses.Select(Write) },
            HoldsLease = state.HoldsLease,
            VirtualAddresses = { state.VirtualAddresses.Select(Write) },
        };
        if (state.Closing is { } closing) session.Closing = (int)closing;
        return session;
    }

    private static Generation Write(GenerationState state)
    {
        Generation generation = new()
        {
            LocalSpi = state.LocalSpi,
            RemoteSpi = state.RemoteSpi,
            IsInitiator = state.IsInitiator,
            Suite = new IkeSuite
            {
                Encryption = (uint)state.Suite.Encryption,
                KeyLength = state.Suite.KeyLength,
                Integrity = (uint)state.Suite.Integrity,
                Prf = (uint)state.Suite.Prf,
                KeyExchange = (uint)state.Suite.KeyExchange,
            },
            Keys = new IkeKeys
            {
                D = SecretOctets.Write(state.Keys.D),
                Ai = SecretOctets.Write(state.Keys.Ai),
                Ar = SecretOctets.Write(state.Keys.Ar),
                Ei = SecretOctets.Write(state.Keys.Ei),
                Er = SecretOctets.Write(state.Keys.Er),
                Pi = SecretOctets.Write(state.Keys.Pi),
                Pr = SecretOctets.Write(state.Keys.Pr),
            },
            NextOutboundId = state.NextOutboundId,
            NextInboundId = state.NextInboundId,
            Outstanding = state.Outstanding is { } request
                ? new Outstanding { Request = Write(request.Request), MessageId = request.MessageId, Datagrams = { request.Datagrams.Select(Octets) }, Summary = request.Summary }
                : null,
            LastResponse = state.LastResponse is { } response
                ? new Response
                {
                    Exchange = (uint)response.Exchange,
                    MessageId = response.MessageId,
                    RequestDigest = Octets(response.RequestDigest),
                    Datagrams = { response.Datagrams.Select(Octets) },
                }
                : null,
        };
        if (state.SynchronizedAt is { } at) generation.SynchronizedAt = at;
        if (state.PeerCrashToken is { } token) generation.PeerCrashToken = SecretOctets.Write(token);
        return generation;
    }

    private static Child Write(ChildState state)
    {
        Child child = new()
        {
            ChildId = state.ChildId,
            Config = state.Config,
            IsInitiator = state.IsInitiator,
            Exchange = (uint)state.Exchange,
            Phase = ChildPhases.Write(state.Phase),
            InboundSpi = state.InboundSpi,
            PeerSpi = state.PeerSpi,
            Parameters = state.Parameters is { } parameters ? Write(parameters) : null,
            Offer = state.Offer is { } offer
                ? new Offer
                {
                    Proposals = { offer.Proposals.Select(Write) },
                    Local = { offer.Local.Select(Write) },
                    Remote = { offer.Remote.Select(Write) },
                    Nonce = Octets(offer.Nonce),
                    KeyExchange = offer.KeyExchange is { } exchange ? Write(exchange) : null,
                    Restarts = offer.Restarts,
                }
                : null,
            Age = Milliseconds(state.Age),
            IsHeld = state.IsHeld,
            IsPremature = state.IsPremature,
            Denials = state.Denials,
            FailedRekeys = state.FailedRekeys,
            IsSuperseded = state.IsSuperseded,
            IsDeletedByPeer = state.IsDeletedByPeer,
            IsLost = state.IsLost,
            LowestNonce = Octets(state.LowestNonce),
        };
        if (state.RekeyOf is { } rekeyOf) child.RekeyOf = rekeyOf;
        if (state.UnconfirmedOn is { } generation) child.UnconfirmedOn = generation;
        return child;
    }

    private static ChildParameters Write(ChildSaParameters parameters) => new()
    {
        Suite = new EspSuite
        {
            Encryption = (uint)parameters.Suite.Encryption,
            KeyLength = parameters.Suite.KeyLength,
            Integrity = (uint)parameters.Suite.Integrity,
            ExtendedSequenceNumbers = parameters.Suite.ExtendedSequenceNumbers,
            KeyExchange = (uint)parameters.Suite.KeyExchange,
        },
        Keys = new ChildKeys
        {
            EncryptionInitiator = SecretOctets.Write(parameters.Keys.EncryptionInitiator),
            IntegrityInitiator = SecretOctets.Write(parameters.Keys.IntegrityInitiator),
            EncryptionResponder = SecretOctets.Write(parameters.Keys.EncryptionResponder),
            IntegrityResponder = SecretOctets.Write(parameters.Keys.IntegrityResponder),
        },
        KeysAreInitiators = parameters.KeysAreInitiators,
        PeerSpi = parameters.PeerSpi,
        Local = { parameters.Local.Select(Write) },
        Remote = { parameters.Remote.Select(Write) },
        Mode = (uint)parameters.Mode,
        LocalEndpoint = Write(parameters.LocalEndpoint),
        RemoteEndpoint = Write(parameters.RemoteEndpoint),
        UdpEncapsulation = parameters.UdpEncapsulation,
        HoldOutbound = parameters.HoldOutbound,
        Limits = new Limits
        {
            SoftBytes = parameters.Limits.SoftBytes,
            HardBytes = parameters.Limits.HardBytes,
            SoftPackets = parameters.Limits.SoftPackets,
            HardPackets = parameters.Limits.HardPackets,
            HardTime = Milliseconds(parameters.Limits.HardTime),
        },
    };

    private static Peer Write(PeerState state) => new()
    {
        Fragmentation = state.Fragmentation,
        LargestPacket = state.LargestPacket,
        Mobike = state.Mobike,
        SynchronizesIds = state.SynchronizesIds,
        FollowsRedirect = state.FollowsRedirect,
        KnowsNat = state.KnowsNat,
        IsBehindNat = state.IsBehindNat,
        WeAreBehindNat = state.WeAreBehindNat,
        SeesUsAt = Octets(state.SeesUsAt),
        Addresses = { state.Addresses.Select(Write) },
        Told = { state.Told.Select(Write) },
        UpdateNumber = state.UpdateNumber,
    };

    private static Request Write(RequestState state) => new()
    {
        Kind = (uint)state.Kind,
        Number = state.Number,
        Spi = state.Spi,
        Octets = Octets(state.Octets),
        Claimed = Write(state.Claimed),
    };

    private static KeyExchange Write(KeyExchangeState state) => new() { Method = (uint)state.Method, PrivateValue = SecretOctets.Write(state.PrivateValue) };

    private static Proposal Write(Ike.Proposals.Proposal proposal) => new()
    {
        Number = proposal.Number,
        Protocol = (uint)proposal.Protocol,
        Spi = Octets(proposal.Spi),
        Transforms =
        {
            proposal.Transforms.Select(transform => new Transform
            {
                Type = (uint)transform.Type, Id = transform.Id, KeyLength = transform.KeyLength, HasUnknownAttribute = transform.HasUnknownAttribute,
            }),
        },
    };

    private static Selector Write(TrafficSelector selector) => new()
    {
        Start = Write(selector.Start),
        End = Write(selector.End),
        Protocol = selector.Protocol,
        StartPort = selector.StartPort,
        EndPort = selector.EndPort,
    };

    private static Identity Write(Ike.Wire.Identity identity) => new() { Type = (uint)identity.Type, Data = Octets(identity.Data) };

    private static Path? Write(IkePath? path) =>
        path is null ? null : new Path { Local = Write(path.Local), Remote = Write(path.Remote), NonEspMarker = path.NonEspMarker };

    private static Endpoint Write(IPEndPoint endpoint) => new() { Address = Write(endpoint.Address), Port = (uint)endpoint.Port };

    private static ByteString Write(IPAddress address) => UnsafeByteOperations.UnsafeWrap(address.GetAddressBytes());

    private static ByteString Octets(ReadOnlyMemory<byte> octets) => UnsafeByteOperations.UnsafeWrap(octets);

    private static long Milliseconds(TimeSpan time) => (long)time.TotalMilliseconds;
}
