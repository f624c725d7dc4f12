using Concentrator.Actors.IkeSa;

namespace Concentrator.Actors.Tests.IkeSa;

public class RekeyPaceTests
{
    [Theory]
    [InlineData(1, 20)]
    [InlineData(5_000, 20)]
    [InlineData(10_000, 40)]
    [InlineData(100_000, 400)]
    public void The_more_came_over_the_longer_it_may_take(int sessions, int seconds) => Assert.Equal(TimeSpan.FromSeconds(seconds), RekeyPace.After(sessions));
}
