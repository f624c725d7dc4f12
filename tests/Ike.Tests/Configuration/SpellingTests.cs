using Concentrator.Ike.Configuration;
using Xunit;

namespace Concentrator.Ike.Tests.Configuration;

public sealed class SpellingTests
{
    private static readonly string[] Keys = ["local_addrs", "local_port", "remote_addrs", "dpd_delay", "id"];

    [Theory]
    [InlineData("local_adrs", "local_addrs")]
    [InlineData("lcoal_port", "local_port")]
    [InlineData("Remote_Addr", "remote_addrs")]
    [InlineData("dpddelay", "dpd_delay")]
    [InlineData("colour", null)]
    [InlineData("x", null)]
    [InlineData("", null)]
    public void The_nearest_word_is_found_or_none(string word, string? expected) => Assert.Equal(expected, Spelling.Nearest(word, Keys));

    [Fact]
    public void A_word_in_a_message_stays_short_and_on_one_line()
    {
        Assert.Equal("a?b", Spelling.Quotable("a\nb"));
        Assert.Equal(65, Spelling.Quotable(new string('x', 5000)).Length);
        Assert.Null(Spelling.Nearest(new string('x', 5000), Keys));
    }
}
