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

    // The shards have not followed yet: the session is minted here all the same, and needs a hop later.
    [Fact]
    public void Where_no_shard_of_the_address_lives_here_another_local_one_is_taken()
    {
        LocalShards here = LocalShards.Of([7, 200]), wanted = LocalShards.Of([9, 201]);
        Assert.All(Enumerable.Range(0, 256), draw => Assert.Contains(here.NearestTo((byte)draw, wanted), new byte[] { 7, 200 }));
        Assert.All(Enumerable.Range(0, 256), draw => Assert.Equal(200, here.NearestTo((byte)draw, wanted.With(200))));
    }

    private static ServiceAddress Service(string address) => new(IPAddress.Parse(address), 24, "eth0");

    private static UdpEndpoint End(string address) => UdpEndpoint.From(new IPEndPoint(IPAddress.Parse(address), 500));
}
