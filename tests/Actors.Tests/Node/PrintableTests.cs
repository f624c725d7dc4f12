using Concentrator.Actors.Node;
using CsCheck;

namespace Concentrator.Actors.Tests.Node;

public class PrintableTests
{
    [Theory]
    [InlineData("moon.example.org", "moon.example.org")]
    [InlineData("two\nlines", "two\\u000alines")]
    [InlineData("red \u001b[31m", "red \\u001b[31m")]
    [InlineData("turned \u202e round", "turned \\u202e round")]
    [InlineData("line\u2028end", "line\\u2028end")]
    public void No_peer_writes_lines_or_colours_of_its_own(string text, string shown) => Assert.Equal(shown, Printable.Text(text));

    [Fact]
    public void Whatever_it_is_no_control_character_is_left() =>
        Gen.String.Sample(text => !Printable.Text(text).Any(char.IsControl));

    [Fact]
    public void What_is_very_long_is_cut() => Assert.InRange(Printable.Text(new string('a', 100_000)).Length, 1, 5000);
}
