using System.Net;
using Concentrator.Actors.Routing;
using Concentrator.Ike;
using Concentrator.Kernel;
using Concentrator.Tests.Shared;
using CsCheck;

namespace Concentrator.Actors.Tests.Routing;

public class SessionIdTests
{
    private static readonly Gen<ulong> AnyId = Gen.ULong[1, (1UL << 56) - 1];

    [Fact]
    public void An_spi_tells_its_session_whatever_the_generation() =>
        Gen.Select(AnyId, Gen.Byte).Sample((id, generation) =>
        {
            SessionId session = new(id);
            IkeSpi spi = session.Spi(generation);
            return SessionId.Of(spi) == session && spi.Generation == generation;
        });

    [Fact]
    public void An_entity_id_is_fourteen_digits_and_tells_its_session() =>
        AnyId.Sample(id => new SessionId(id).EntityId.Length == 14 && SessionId.Parse(new SessionId(id).EntityId).Value == id);

    [Fact]
    public void The_top_octet_is_the_shard()
    {
        SessionId session = new(0x00AB_0000_0000_0001);

        Assert.Equal(0xAB, session.Shard);
        Assert.Equal("ab000000000001", session.EntityId);
        Assert.Equal("ab00000000000100", session.Spi().ToString());
    }

    [Fact]
    public void A_retransmitted_request_meets_the_same_session()
    {
        SpiMinter minter = Minter(1);
        UdpEndpoint peer = Peer("192.0.2.1", 500);

        Assert.Equal(minter.MintForResponder(peer, 7, LocalShards.All), minter.MintForResponder(peer, 7, LocalShards.All));
    }

    [Fact]
    public void Address_port_spi_family_and_secret_all_count()
    {
        UdpEndpoint peer = Peer("192.0.2.1", 500);
        SessionId[] sessions =
        [
            Minter(1).MintForResponder(peer, 7, LocalShards.All),
            Minter(2).MintForResponder(peer, 7, LocalShards.All),
            Minter(1).MintForResponder(peer, 8, LocalShards.All),
            Minter(1).MintForResponder(Peer("192.0.2.1", 501), 7, LocalShards.All),
            Minter(1).MintForResponder(Peer("192.0.2.2", 500), 7, LocalShards.All),
            Minter(1).MintForResponder(Peer("c000:201::", 500), 7, LocalShards.All),
        ];

        Assert.Equal(sessions.Length, sessions.Distinct().Count());
    }

    [Fact]
    public void A_session_is_minted_in_a_shard_of_this_node() =>
        Gen.Select(Gen.Byte.Array[1, 20], Gen.ULong).Sample((shards, spi) =>
        {
            LocalShards local = LocalShards.Of(shards);
            SpiMinter minter = Minter(3);
            return local.Contains(minter.MintForResponder(Peer("192.0.2.1", 500), spi, local).Shard)
                && local.Contains(minter.MintForInitiator(local).Shard);
        });

    [Fact]
    public void Initiators_sessions_differ()
    {
        SpiMinter minter = Minter(4);

        Assert.Equal(1000, Enumerable.Range(0, 1000).Select(_ => minter.MintForInitiator(LocalShards.All)).Distinct().Count());
    }

    [Fact]
    public void The_nearest_local_shard_is_the_first_one_at_or_after_the_wanted_one() =>
        Gen.Select(Gen.Byte.HashSet[1, 8], Gen.Byte).Sample((shards, wanted) =>
        {
            byte expected = Enumerable.Range(0, 256).Select(step => (byte)(wanted + step)).First(shards.Contains);
            return LocalShards.Of(shards).NearestTo(wanted) == expected;
        });

    [Fact]
    public void Minting_allocates_nothing()
    {
        SpiMinter minter = Minter(5);
        UdpEndpoint peer = Peer("192.0.2.1", 500);
        minter.MintForResponder(peer, 7, LocalShards.All);

        Assert.Equal(0, Allocations.Least(() =>
        {
            for (ulong spi = 1; spi < 100; spi++) minter.MintForResponder(peer, spi, LocalShards.All);
        }));
    }

    private static SpiMinter Minter(int seed)
    {
        byte[] secret = new byte[32];
        new Random(seed).NextBytes(secret);
        return new SpiMinter(new Secret(secret), new SeededRandom(seed));
    }

    private static UdpEndpoint Peer(string address, ushort port) => UdpEndpoint.From(new IPEndPoint(IPAddress.Parse(address), port));
}
