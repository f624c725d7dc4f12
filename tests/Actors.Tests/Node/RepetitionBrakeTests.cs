using Concentrator.Actors.Node;
using Concentrator.Actors.Tests.Certificates;

namespace Concentrator.Actors.Tests.Node;

public class RepetitionBrakeTests
{
    private readonly Clock _time = new(DateTimeOffset.UnixEpoch.AddDays(20_000)) { StandsStill = true };

    [Fact]
    public void A_text_is_said_once_a_minute_with_how_often_it_was_not()
    {
        RepetitionBrake brake = new(_time);
        Assert.True(brake.Passes("one", out int held));
        Assert.Equal(0, held);
        for (int i = 0; i < 5; i++) Assert.False(brake.Passes("one", out _));
        Assert.True(brake.Passes("other", out _));
        _time.Now += TimeSpan.FromMinutes(1);
        Assert.True(brake.Passes("one", out held));
        Assert.Equal(5, held);
        Assert.False(brake.Passes("one", out _));
    }

    [Fact]
    public void Who_says_something_else_each_time_is_held_back_until_the_minute_is_over()
    {
        RepetitionBrake brake = new(_time);
        Assert.Equal(64, Enumerable.Range(0, 1000).Count(i => brake.Passes($"I am {i}", out _)));
        _time.Now += TimeSpan.FromMinutes(1);
        Assert.True(brake.Passes("somebody new", out _));
    }
}
