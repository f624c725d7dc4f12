using System.Net;
using Concentrator.Ike;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Crypto;
using Concentrator.Ike.Proposals;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Selectors;
using Concentrator.Ike.Session;
using Concentrator.Ike.Session.State;
using Concentrator.Ike.Wire;

namespace Concentrator.Actors.Tests.Store;

/// <summary>States of sessions: one with everything that a state can hold, and one with the least.</summary>
internal static class SessionStates
{
    private static readonly IkePath Path = new(new IPEndPoint(IPAddress.Parse("192.0.2.1"), 4500), new IPEndPoint(IPAddress.Parse("192.0.2.2"), 61_234), NonEspMarker: true);
    private static readonly IkePath Path6 = new(new IPEndPoint(IPAddress.Parse("2001:db8::1"), 500), new IPEndPoint(IPAddress.Parse("2001:db8::2"), 500), NonEspMarker: false);

    public static SessionState Full() => new()
    {
        Connection = "moon",
        IsInitiator = true,
        LocalIdentity = new Identity(IdType.Fqdn, "sun.example.org"u8),
        RemoteIdentity = new Identity(IdType.KeyId, [0, 1, 255]),
        Path = Path,
        EspPath = Path6,
        Current = Generation(0x0123_4567_89ab_cd02, 0xfedc_ba98_7654_3210, full: true),
        Replaced = [Generation(0x0123_4567_89ab_cd01, 0x1111_2222_3333_4444, full: false)],
        LastGeneration = 3,
        Age = TimeSpan.FromMilliseconds(123_456),
        Rekey = new IkeRekeyState(0x0123_4567_89ab_cd03, true, Octets(32, 1), Exchange(2), [Ike()], 1),
        RekeyByPeer = new PeerRekeyState(Generation(0x0123_4567_89ab_cd04, 5, full: false), Octets(16, 3)),
        FailedRekeys = 2,
        Closing = EndReason.DeletedByUs,
        Children = [Installed(1, "net"), Requested(7, "second")],
        LastChildId = 9,
        Wanted = ["net", "second"],
        FailedAttempts = new Dictionary<string, int> { ["second"] = 4 },
        Waiting = [new RequestState(RequestKind.DeleteChild, 3, 0xc0000009), new RequestState(RequestKind.Routability, Octets: Octets(8, 9), Claimed: Path6), new RequestState(RequestKind.Addresses), new RequestState(RequestKind.Redirect, Octets: Octets(6, 10))],
        Peer = new PeerState
        {
            Fragmentation = true,
            LargestPacket = 1280,
            Mobike = true,
            SynchronizesIds = true,
            FollowsRedirect = true,
            KnowsNat = true,
            IsBehindNat = true,
            WeAreBehindNat = true,
            SeesUsAt = Octets(20, 4),
            Addresses = [IPAddress.Parse("192.0.2.9"), IPAddress.Parse("2001:db8::9")],
            Told = [IPAddress.Parse("192.0.2.1")],
            UpdateNumber = 17,
        },
        PeerAddresses = [IPAddress.Parse("10.9.0.7"), IPAddress.Parse("2001:db8:9::7")],
        HoldsLease = true,
        VirtualAddresses = [IPAddress.Parse("10.8.0.8")],
    };

    public static SessionState Minimal(string connection = "moon") => new()
    {
        Connection = connection,
        IsInitiator = false,
        LocalIdentity = new Identity(IdType.Fqdn, "sun.example.org"u8),
        RemoteIdentity = new Identity(IdType.Fqdn, "moon.example.org"u8),
        Path = Path,
        Current = Generation(0x0100_0000_0000_0100, 2, full: false),
        Peer = new PeerState(),
    };

    private static GenerationState Generation(ulong local, ulong remote, bool full) => new()
    {
        LocalSpi = local,
        RemoteSpi = remote,
        IsInitiator = full,
        Suite = full
            ? new IkeSuite(EncryptionId.AesCbc, 256, IntegrityId.HmacSha256_128, PrfId.HmacSha256, KeyExchangeMethod.Curve25519)
            : new IkeSuite(EncryptionId.AesGcm16, 256, IntegrityId.None, PrfId.HmacSha256, KeyExchangeMethod.Curve25519),
        Keys = Keys((byte)local, isAead: !full),
        NextOutboundId = 5,
        NextInboundId = uint.MaxValue,
        SynchronizedAt = full ? 0u : null,
        Outstanding = full ? new OutstandingState(new RequestState(RequestKind.CreateChild, 7), 4, [Octets(80, 5), Octets(60, 6)], "CREATE_CHILD_SA request 4 [ SA No TSi TSr ]") : null,
        LastResponse = full ? new ResponseState(ExchangeType.Informational, 3, Octets(32, 7), [Octets(76, 8)]) : null,
        PeerCrashToken = full ? new Secret(Octets(32, 9)) : null,
    };

    private static ChildState Installed(uint id, string config) => new()
    {
        ChildId = id,
        Config = config,
        IsInitiator = true,
        Exchange = ExchangeType.IkeAuth,
        Phase = ChildPhase.Installed,
        InboundSpi = 0xc1000001,
        PeerSpi = 0xcafe0001,
        Parameters = new ChildSaParameters(
            new EspSuite(EncryptionId.AesCbc, 256, IntegrityId.HmacSha512_256, true, KeyExchangeMethod.Curve25519),
            ChildKeysOf(3), true, 0xcafe0001, [TrafficSelector.Parse("10.1.0.0/24")], [TrafficSelector.Parse("2001:db8:2::/64[tcp/443]")],
            ChildMode.Transport, Path.Local, Path.Remote, UdpEncapsulation: true)
        {
            HoldOutbound = true,
            Limits = new ChildLimits(1, 2, 3, ulong.MaxValue, TimeSpan.FromHours(3)),
        },
        Age = TimeSpan.FromSeconds(61),
        IsHeld = true,
        RekeyOf = 0,
        UnconfirmedOn = 2,
        IsPremature = true,
        Denials = 1,
        FailedRekeys = 3,
        IsSuperseded = true,
        IsDeletedByPeer = true,
        IsLost = true,
        LowestNonce = Octets(32, 11),
    };

    private static ChildState Requested(uint id, string config) => new()
    {
        ChildId = id,
        Config = config,
        IsInitiator = true,
        Exchange = ExchangeType.CreateChildSa,
        RekeyOf = 1,
        Phase = ChildPhase.Requested,
        InboundSpi = 0xc1000002,
        Offer = new OfferState(
            [ProposalParser.ParseEsp("aes128gcm16-x25519", 1).WithSpi(0xc1000002)], [TrafficSelector.Parse("10.1.0.0/24")], [TrafficSelector.Parse("10.2.0.0/24")],
            Octets(32, 12), Exchange(13), 1),
    };

    private static Proposal Ike()
    {
        Proposal proposal = ProposalParser.ParseIke("aes256gcm16-prfsha256-x25519", 1).WithSpi(0x0123_4567_89ab_cd03UL);
        return proposal with { Transforms = [.. proposal.Transforms, new Transform(TransformType.KeyExchangeMethod, 99, HasUnknownAttribute: true)] };
    }

    private static KeyExchangeState Exchange(byte seed) => new(KeyExchangeMethod.Curve25519, new Secret(Octets(32, seed)));

    private static IkeKeys Keys(byte seed, bool isAead)
    {
        Secret[] keys = [.. Enumerable.Range(0, 7).Select(i => new Secret(Octets(isAead && i is (1 or 2) ? 0 : 32, (byte)(seed + i))))];
        return new IkeKeys(keys[0], keys[1], keys[2], keys[3], keys[4], keys[5], keys[6]);
    }

    private static ChildKeys ChildKeysOf(byte seed)
    {
        Secret[] keys = [.. Enumerable.Range(0, 4).Select(i => new Secret(Octets(i % 2 == 0 ? 32 : 64, (byte)(seed + i))))];
        return new ChildKeys(keys[0], keys[1], keys[2], keys[3]);
    }

    private static byte[] Octets(int length, byte seed) => [.. Enumerable.Range(0, length).Select(i => (byte)(seed * 31 + i * 7))];
}
