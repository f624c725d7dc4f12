using Concentrator.Configuration;
using Concentrator.Ike.Configuration;

namespace Concentrator.Tests.Configuration;

/// <summary>Lifetimes and actions as swanctl.conf has them: what is given, and what follows from it.</summary>
public sealed class LifetimeTests
{
    [Fact]
    public void Without_a_word_an_ike_sa_is_rekeyed_every_four_hours_and_a_child_every_hour()
    {
        ConnectionConfig connection = Load();
        Assert.Equal((TimeSpan.FromHours(4), TimeSpan.FromMinutes(24), TimeSpan.FromMinutes(24)), (connection.RekeyTime, connection.OverTime, connection.RandTime));
        ChildLifetime child = connection.Children[0].Lifetime;
        Assert.Equal((TimeSpan.FromHours(1), TimeSpan.FromMinutes(66), TimeSpan.FromMinutes(6)), (child.RekeyTime, child.LifeTime, child.RandTime));
        Assert.Equal((0ul, 0ul, 0ul, 0ul, 0ul, 0ul), (child.RekeyBytes, child.LifeBytes, child.RandBytes, child.RekeyPackets, child.LifePackets, child.RandPackets));
    }

    [Fact]
    public void What_is_not_given_follows_from_what_is()
    {
        ConnectionConfig connection = Load("rekey_time = 100s", "rekey_time = 10m\n rekey_bytes = 10k\n rekey_packets = 1000");
        Assert.Equal((TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10)), (connection.OverTime, connection.RandTime));
        ChildLifetime child = connection.Children[0].Lifetime;
        Assert.Equal((TimeSpan.FromMinutes(11), TimeSpan.FromMinutes(1)), (child.LifeTime, child.RandTime));
        Assert.Equal((10_240ul, 11_264ul, 1_024ul), (child.RekeyBytes, child.LifeBytes, child.RandBytes));
        Assert.Equal((1_000ul, 1_100ul, 100ul), (child.RekeyPackets, child.LifePackets, child.RandPackets));
    }

    [Fact]
    public void All_may_be_given()
    {
        ConnectionConfig connection = Load(
            "rekey_time = 1d\n over_time = 2h\n rand_time = 3m",
            "rekey_time = 1m\n life_time = 90\n rand_time = 5s\n rekey_bytes = 1g\n life_bytes = 2g\n rand_bytes = 3m\n rekey_packets = 4\n life_packets = 6\n rand_packets = 1");
        Assert.Equal((TimeSpan.FromDays(1), TimeSpan.FromHours(2), TimeSpan.FromMinutes(3)), (connection.RekeyTime, connection.OverTime, connection.RandTime));
        Assert.Equal(
            new ChildLifetime
            {
                RekeyTime = TimeSpan.FromMinutes(1),
                LifeTime = TimeSpan.FromSeconds(90),
                RandTime = TimeSpan.FromSeconds(5),
                RekeyBytes = 1ul << 30,
                LifeBytes = 2ul << 30,
                RandBytes = 3ul << 20,
                RekeyPackets = 4,
                LifePackets = 6,
                RandPackets = 1,
            },
            connection.Children[0].Lifetime);
    }

    [Fact]
    public void Never_is_zero()
    {
        ChildLifetime child = Load("rekey_time = 0", "rekey_time = 0").Children[0].Lifetime;
        Assert.Equal((TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero), (child.RekeyTime, child.LifeTime, child.RandTime));
    }

    [Theory]
    [InlineData("none", ChildAction.None)]
    [InlineData("clear", ChildAction.None)]
    [InlineData("trap", ChildAction.Trap)]
    [InlineData("start", ChildAction.Start)]
    [InlineData("restart", ChildAction.Start)]
    [InlineData("trap|start", ChildAction.Trap | ChildAction.Start)]
    public void Actions_have_the_words_of_swanctl(string word, ChildAction expected)
    {
        ChildConfig child = Load(child: $"start_action = {word}\n close_action = {word}\n dpd_action = {word}").Children[0];
        Assert.Equal((expected, expected, expected), (child.StartAction, child.CloseAction, child.DpdAction));
    }

    [Theory]
    [InlineData("yes", FragmentationPolicy.Yes)]
    [InlineData("accept", FragmentationPolicy.Accept)]
    [InlineData("force", FragmentationPolicy.Force)]
    [InlineData("no", FragmentationPolicy.No)]
    public void Fragmentation_has_the_words_of_swanctl(string word, FragmentationPolicy expected) =>
        Assert.Equal(expected, Load($"fragmentation = {word}").Fragmentation);

    [Fact]
    public void Mobility_is_on_unless_told_otherwise()
    {
        Assert.True(Load().Mobike);
        Assert.False(Load("mobike = no").Mobike);
    }

    private static ConnectionConfig Load(string connection = "", string child = "")
    {
        using ConfigFolder folder = new ConfigFolder().Write(ConfigFolder.Connection(connection, child: child));
        ConfigurationResult result = folder.Load();
        Assert.Empty(result.Errors);
        return result.Config!.Connections[0];
    }
}
