using System.Net;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Proposals;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Selectors;
using Concentrator.Ike.Session;
using Concentrator.Ike.Session.State;
using Google.Protobuf;

namespace Concentrator.Actors.Store.Bodies;

/// <summary>
/// A body as a session's state, whose keys are copies. The octets are authentic, so what makes no sense was written by a program with a fault, or by a newer one:
/// that throws <see cref="FormatException"/>, and nothing of the row is used.
/// </summary>
internal static class BodyReader
{
    public static SessionState Read(Session session) => new()
    {
        Connection = session.Connection,
        IsInitiator = session.IsInitiator,
        LocalIdentity = Read(Present(session.LocalIdentity)),
        RemoteIdentity = Read(Present(session.RemoteIdentity)),
        Path = Read(Present(session.Path)),
        EspPath = session.EspPath is { } path ? Read(path) : null,
        Current = Read(Present(session.Current)),
        Replaced = [.. session.Replaced.Select(Read)],
        LastGeneration = (byte)session.LastGeneration,
        Age = Time(session.Age),
        Rekey = session.Rekey is { } rekey
            ? new IkeRekeyState(
                rekey.LocalSpi, rekey.IsSent, rekey.Nonce.ToByteArray(), rekey.KeyExchange is { } exchange ? Read(exchange) : null, [.. rekey.Offered.Select(Read)], rekey.Restarts)
            : null,
        RekeyByPeer = session.RekeyByPeer is { } theirs ? new PeerRekeyState(Read(Present(theirs.Made)), theirs.LowestNonce.ToByteArray()) : null,
        FailedRekeys = session.FailedRekeys,
        Closing = session.HasClosing ? Known<EndReason>(session.Closing) : null,
        Children = [.. session.Children.Select(Read)],
        LastChildId = session.LastChildId,
        Wanted = [.. session.Wanted],
        FailedAttempts = session.FailedAttempts.ToDictionary(),
        Waiting = [.. session.Waiting.Select(Read)],
        Peer = Read(Present(session.Peer)),
        PeerAddresses = [.. session.PeerAddresses.Select(Address)],
        HoldsLease = session.HoldsLease,
        VirtualAddresses = [.. session.VirtualAddresses.Select(Address)],
    };

    private static GenerationState Read(Generation generation)
    {
        IkeSuite suite = Present(generation.Suite);
        return new GenerationState
        {
            LocalSpi = generation.LocalSpi,
            RemoteSpi = generation.RemoteSpi,
            IsInitiator = generation.IsInitiator,
            Suite = new Ike.Proposals.IkeSuite(
                (EncryptionId)suite.Encryption, (ushort)suite.KeyLength, (IntegrityId)suite.Integrity, (PrfId)suite.Prf, (KeyExchangeMethod)suite.KeyExchange),
            Keys = Read(Present(generation.Keys)),
            NextOutboundId = generation.NextOutboundId,
            NextInboundId = generation.NextInboundId,
            SynchronizedAt = generation.HasSynchronizedAt ? generation.SynchronizedAt : null,
            Outstanding = generation.Outstanding is { } request
                ? new OutstandingState(Read(Present(request.Request)), request.MessageId, Datagrams(request.Datagrams), request.Summary)
                : null,
            LastResponse = generation.LastResponse is { } response
                ? new ResponseState((ExchangeType)response.Exchange, response.MessageId, response.RequestDigest.ToByteArray(), Datagrams(response.Datagrams))
                : null,
            PeerCrashToken = generation.HasPeerCrashToken ? SecretOctets.Read(generation.PeerCrashToken) : null,
        };
    }

    private static Ike.Crypto.IkeKeys Read(IkeKeys keys)
    {
        Ike.Secret[] secrets = [.. ((ByteString[])[keys.D, keys.Ai, keys.Ar, keys.Ei, keys.Er, keys.Pi, keys.Pr]).Select(SecretOctets.Read)];
        try
        {
            return new Ike.Crypto.IkeKeys(secrets[0], secrets[1], secrets[2], secrets[3], secrets[4], secrets[5], secrets[6]);
        }
        finally
        {
            foreach (Ike.Secret secret in secrets) secret.Dispose();
        }
    }

    private static ChildState Read(Child child) => new()
    {
        ChildId = child.ChildId,
        Config = child.Config,
        IsInitiator = child.IsInitiator,
        Exchange = (ExchangeType)child.Exchange,
        RekeyOf = child.HasRekeyOf ? child.RekeyOf : null,
        Phase = ChildPhases.Read(child.Phase),
        InboundSpi = child.InboundSpi,
        PeerSpi = child.PeerSpi,
        Parameters = child.Parameters is { } parameters ? Read(parameters) : null,
        Offer = child.Offer is { } offer
            ? new OfferState(
                [.. offer.Proposals.Select(Read)], [.. offer.Local.Select(Read)], [.. offer.Remote.Select(Read)],
                offer.Nonce.ToByteArray(), offer.KeyExchange is { } exchange ? Read(exchange) : null, offer.Restarts)
            : null,
        Age = Time(child.Age),
        IsHeld = child.IsHeld,
        UnconfirmedOn = child.HasUnconfirmedOn ? (byte)child.UnconfirmedOn : null,
        IsPremature = child.IsPremature,
        Denials = child.Denials,
        FailedRekeys = child.FailedRekeys,
        IsSuperseded = child.IsSuperseded,
        IsDeletedByPeer = child.IsDeletedByPeer,
        IsLost = child.IsLost,
        LowestNonce = child.LowestNonce.ToByteArray(),
    };

    private static ChildSaParameters Read(ChildParameters parameters)
    {
        EspSuite suite = Present(parameters.Suite);
        Limits limits = Present(parameters.Limits);
        return new ChildSaParameters(
            new Ike.Proposals.EspSuite(
                (EncryptionId)suite.Encryption, (ushort)suite.KeyLength, (IntegrityId)suite.Integrity, suite.ExtendedSequenceNumbers, (KeyExchangeMethod)suite.KeyExchange),
            Read(Present(parameters.Keys)),
            parameters.KeysAreInitiators,
            parameters.PeerSpi,
            [.. parameters.Local.Select(Read)],
            [.. parameters.Remote.Select(Read)],
            Known<ChildMode>((int)parameters.Mode),
            Read(Present(parameters.LocalEndpoint)),
            Read(Present(parameters.RemoteEndpoint)),
            parameters.UdpEncapsulation)
        {
            HoldOutbound = parameters.HoldOutbound,
            Limits = new ChildLimits(limits.SoftBytes, limits.HardBytes, limits.SoftPackets, limits.HardPackets, Time(limits.HardTime)),
        };
    }

    private static Ike.Crypto.ChildKeys Read(ChildKeys keys)
    {
        using Ike.Secret encryptionInitiator = SecretOctets.Read(keys.EncryptionInitiator), integrityInitiator = SecretOctets.Read(keys.IntegrityInitiator);
        using Ike.Secret encryptionResponder = SecretOctets.Read(keys.EncryptionResponder), integrityResponder = SecretOctets.Read(keys.IntegrityResponder);
        return new Ike.Crypto.ChildKeys(encryptionInitiator, integrityInitiator, encryptionResponder, integrityResponder);
    }

    private static PeerState Read(Peer peer) => new()
    {
        Fragmentation = peer.Fragmentation,
        LargestPacket = peer.LargestPacket,
        Mobike = peer.Mobike,
        SynchronizesIds = peer.SynchronizesIds,
        FollowsRedirect = peer.FollowsRedirect,
        KnowsNat = peer.KnowsNat,
        IsBehindNat = peer.IsBehindNat,
        WeAreBehindNat = peer.WeAreBehindNat,
        SeesUsAt = peer.SeesUsAt.ToByteArray(),
        Addresses = [.. peer.Addresses.Select(Address)],
        Told = [.. peer.Told.Select(Address)],
        UpdateNumber = peer.UpdateNumber,
    };

    private static RequestState Read(Request request) => new(
        Known<RequestKind>((int)request.Kind), request.Number, request.Spi, request.Octets.ToByteArray(), request.Claimed is { } claimed ? Read(claimed) : null);

    private static KeyExchangeState Read(KeyExchange exchange) => new((KeyExchangeMethod)exchange.Method, SecretOctets.Read(exchange.PrivateValue));

    private static Ike.Proposals.Proposal Read(Proposal proposal) => new(
        (byte)proposal.Number, (ProtocolId)proposal.Protocol, proposal.Spi.ToByteArray(),
        [.. proposal.Transforms.Select(transform => new Ike.Proposals.Transform((TransformType)transform.Type, (ushort)transform.Id, (ushort)transform.KeyLength, transform.HasUnknownAttribute))]);

    private static TrafficSelector Read(Selector selector) =>
        new(Address(selector.Start), Address(selector.End), (byte)selector.Protocol, (ushort)selector.StartPort, (ushort)selector.EndPort);

    private static Ike.Wire.Identity Read(Identity identity) => new((IdType)identity.Type, identity.Data.Span);

    private static IkePath Read(Path path) => new(Read(Present(path.Local)), Read(Present(path.Remote)), path.NonEspMarker);

    private static IPEndPoint Read(Endpoint endpoint) => new(Address(endpoint.Address), endpoint.Port <= ushort.MaxValue ? (int)endpoint.Port : throw Senseless("port"));

    private static IPAddress Address(ByteString octets) => octets.Length is 4 or 16 ? new IPAddress(octets.Span) : throw Senseless("address");

    private static List<ReadOnlyMemory<byte>> Datagrams(IEnumerable<ByteString> datagrams) => [.. datagrams.Select(datagram => (ReadOnlyMemory<byte>)datagram.ToByteArray())];

    private static TimeSpan Time(long milliseconds) =>
        milliseconds is >= 0 and < 1L << 50 ? TimeSpan.FromMilliseconds(milliseconds) : throw Senseless("time");

    private static T Present<T>(T? message)
        where T : class, IMessage => message ?? throw new FormatException($"no {typeof(T).Name}");

    private static T Known<T>(int number)
        where T : struct, Enum
    {
        T value = (T)Enum.ToObject(typeof(T), number);
        return Enum.IsDefined(value) ? value : throw Senseless(typeof(T).Name);
    }

    private static FormatException Senseless(string what) => new($"no sense in a {what}");
}
