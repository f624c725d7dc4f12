using System.Buffers;
using System.Globalization;
using System.Text;

namespace Concentrator.Actors.Node;

/// <summary>
/// Text that a peer may have had a hand in, made fit for a log: control characters, line separators and direction marks become <c>\u001b</c> and
/// the like, so that no peer writes lines, colours or reversed text of its own.
/// </summary>
public static class Printable
{
    private const int LongestText = 2048;

    private static readonly SearchValues<char> Suspicious = SearchValues.Create(
        [.. Enumerable.Range(0, char.MaxValue + 1).Select(c => (char)c).Where(IsSuspicious)]);

    public static string Text(string text)
    {
        if (text.Length <= LongestText && text.AsSpan().IndexOfAny(Suspicious) < 0) return text;
        StringBuilder safe = new(text.Length);
        foreach (char c in text.AsSpan(0, Math.Min(text.Length, LongestText)))
        {
            if (IsSuspicious(c)) safe.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else safe.Append(c);
        }

        if (text.Length > LongestText) safe.Append('…');
        return safe.ToString();
    }

    private static bool IsSuspicious(char c) => char.GetUnicodeCategory(c)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned;
}
