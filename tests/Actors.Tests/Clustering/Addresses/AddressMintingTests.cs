using System.Net;
using Concentrator.Actors.Clustering.Addresses;
using Concentrator.Actors.Routing;
using Concentrator.Ike;
using Concentrator.Kernel;

namespace Concentrator.Actors.Tests.Clustering.Addresses;

/// <summary>A session is minted in a shard of the address that its peer asked.</summary>
public class AddressMintingTests
{
    private static readonly AddressBoard Board = new([Service("192.0.2.102"), Service("2001:db8::101"), Service("192.0.2.101")]);

    [Theory]
    [InlineData("192.0.2.101", 0)]
    [InlineData("192.0.2.102", 1)]
    [InlineData("2001:db8::101", 2)]
    public void Each_address_has_its_third_of_the_shards(string address, int place)
    {
        LocalShards? shards = Board.ShardsOf(End(address));
        Assert.NotNull(shards);
        Assert.All(Enumerable.Range(0, 256), shard => Assert.Equal(shard % 3 == place, shards.Contains((byte)shard)));
        using SpiMinter minter = new(new Secret(new byte[32]), new SeededRandom(1));
        for (ulong spi = 1; spi < 200; spi++) Assert.Equal(place, minter.MintForResponder(End("198.51.100.1"), spi, LocalShards.All, shards).Shard % 3);
    }

    [Fact]
    public void What_is_no_service_address_may_have_any_shard() => Assert.Null(Board.ShardsOf(End("192.0.2.1")));

    // The shards have not followed yet: where the session is minted in one of another address, it stays behind when this one moves.
    [Fact]
    public void Where_no_shard_of_the_address_lives_here_it_is_one_of_the_address_all_the_same()
    {
        LocalShards here = LocalShards.Of([7, 200]), wanted = LocalShards.Of([9, 201]);
        Assert.False(here.HasAnyOf(wanted));
        Assert.True(here.HasAnyOf(wanted.With(200)));
        Assert.All(Enumerable.Range(0, 256), draw => Assert.Contains(here.NearestTo((byte)draw, wanted), new byte[] { 9, 201 }));
        Assert.All(Enumerable.Range(0, 256), draw => Assert.Equal(200, here.NearestTo((byte)draw, wanted.With(200))));
    }

    [Fact]
    public void Who_calls_from_an_address_has_its_session_in_a_shard_of_that()
    {
        using SpiMinter minter = new(new Secret(new byte[32]), new SeededRandom(1));
        for (int i = 0; i < 200; i++) Assert.Equal(1, minter.MintForInitiator(LocalShards.All, Board.ShardsOf(End("192.0.2.102"))).Shard % 3);
    }

    [Fact]
    public void Nothing_begins_at_an_address_before_it_is_here_nor_when_it_goes()
    {
        AddressBoard board = new([Service("192.0.2.101"), Service("192.0.2.102")]);
        IPAddress mine = IPAddress.Parse("192.0.2.101");
        Assert.True(board.IsMoving(End("192.0.2.101")));
        board.Here = [mine];
        Assert.False(board.IsMoving(End("192.0.2.101")));
        Assert.True(board.IsMoving(End("192.0.2.102")));
        board.Moving = [mine];
        Assert.True(board.IsMoving(End("192.0.2.101")));
        // The node's own.
        Assert.False(board.IsMoving(End("192.0.2.1")));
    }

    [Fact]
    public void A_shard_is_foreign_to_the_addresses_that_it_does_not_belong_to()
    {
        Assert.False(Board.IsForeign(1, IPAddress.Parse("192.0.2.102")));
        Assert.True(Board.IsForeign(2, IPAddress.Parse("192.0.2.102")));
        Assert.False(Board.IsForeign(2, IPAddress.Parse("192.0.2.1")));
    }

    private static ServiceAddress Service(string address) => new(IPAddress.Parse(address), 24, "eth0");

    private static UdpEndpoint End(string address) => UdpEndpoint.From(new IPEndPoint(IPAddress.Parse(address), 500));
}
