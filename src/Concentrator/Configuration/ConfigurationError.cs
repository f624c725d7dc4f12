namespace Concentrator.Configuration;

/// <summary>A mistake in a configuration file: where it is (empty: nowhere in a file), which key it is about (empty: the file itself), and what is wrong.</summary>
public sealed record ConfigurationError(string File, int Line, string Key, string Message)
{
    private const int LongestKey = 128;
    private const int LongestMessage = 400;

    public override string ToString()
    {
        string place = Line > 0 ? $"{File}:{Line}: " : File.Length > 0 ? $"{File}: " : "";
        return Key.Length > 0 ? $"{place}{OneLine(Key, LongestKey)}: {OneLine(Message, LongestMessage)}" : $"{place}{OneLine(Message, LongestMessage)}";
    }

    /// <summary>What a file holds may be anything; a message is one line of some length.</summary>
    private static string OneLine(string text, int longest)
    {
        string cut = text.Length <= longest ? text : string.Concat(text.AsSpan(0, longest), "…");
        return string.Concat(cut.Select(c => char.IsControl(c) ? '?' : c));
    }
}
