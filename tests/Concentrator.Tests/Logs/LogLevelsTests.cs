using Concentrator.Logs;
using Microsoft.Extensions.Logging;

namespace Concentrator.Tests.Logs;

/// <summary>How much each subsystem tells, on strongSwan's scale.</summary>
public sealed class LogLevelsTests
{
    private readonly LogLevels _levels = new();

    [Fact]
    public void At_first_what_happens_is_told_and_no_details()
    {
        Assert.True(_levels.Allows("IKE", LogLevel.Information));
        Assert.False(_levels.Allows("IKE", LogLevel.Debug));
        Assert.True(_levels.Allows("Akka.Remote", LogLevel.Warning));
        Assert.False(_levels.Allows("Akka.Remote", LogLevel.Information));
        Assert.False(_levels.Allows("Microsoft.AspNetCore", LogLevel.Information));
    }

    [Fact]
    public void Subsystems_are_set_one_by_one_and_the_last_word_counts()
    {
        Change("0,knl=2, IKE=-1 ,chd=4");
        Assert.True(_levels.Allows("KNL", LogLevel.Debug));
        Assert.False(_levels.Allows("KNL", LogLevel.Trace));
        Assert.False(_levels.Allows("IKE", LogLevel.Critical));
        Assert.True(_levels.Allows("CHD", LogLevel.Trace));
        Assert.True(_levels.Allows("NET", LogLevel.Warning));
        Assert.False(_levels.Allows("NET", LogLevel.Information));
        Change("ike=1");
        Assert.True(_levels.Allows("IKE", LogLevel.Information));
        Assert.True(_levels.Allows("KNL", LogLevel.Debug));
        Change("debug");
        Assert.True(_levels.Allows("NET", LogLevel.Debug));
        Change("default=silent");
        Assert.All(LogLevels.Subsystems, tag => Assert.False(_levels.Allows(tag.ToUpperInvariant(), LogLevel.Critical)));
    }

    [Fact]
    public void The_audit_is_on_level_zero_whatever_its_severity()
    {
        Change("0");
        Assert.True(_levels.Allows("AUD", LogLevel.Information));
        Change("aud=-1");
        Assert.False(_levels.Allows("AUD", LogLevel.Warning));
    }

    [Theory]
    [InlineData("knl=5", "'5' is no level")]
    [InlineData("knl=-2", "'-2' is no level")]
    [InlineData("knl", "'knl' is no level")]
    [InlineData("ike=0,knk=2", "did you mean 'knl'")]
    [InlineData("ike=0,=2", "there is no subsystem ''")]
    public void What_cannot_be_read_is_told_and_changes_nothing(string text, string why)
    {
        Assert.False(_levels.TryChange(text, out string? fault));
        Assert.Contains(why, fault, StringComparison.Ordinal);
        Assert.All(_levels.Current.Values, level => Assert.Equal(1, level));
    }

    private void Change(string text) => Assert.True(_levels.TryChange(text, out string? fault), fault);
}
