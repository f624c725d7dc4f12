using System.Globalization;

namespace Concentrator.Configuration;

/// <summary>Times and amounts as swanctl.conf writes them.</summary>
internal static class Units
{
    /// <summary><c>30</c> and <c>30s</c> are seconds; m, h and d are minutes, hours and days.</summary>
    /// <exception cref="FormatException">It is no time.</exception>
    public static TimeSpan ParseTime(string text)
    {
        (ulong number, string unit) = Split(text);
        ulong seconds = unit switch
        {
            "" or "s" => 1,
            "m" => 60,
            "h" => 3600,
            "d" => 86_400,
            _ => throw new FormatException($"'{text}' is no time: units are s, m, h, d"),
        };
        double total = (double)number * seconds;
        return total <= int.MaxValue ? TimeSpan.FromSeconds(total) : throw new FormatException($"'{text}' is too long a time");
    }

    /// <summary>Octets; k, m and g, of either case, are 2^10, 2^20 and 2^30.</summary>
    /// <exception cref="FormatException">It is no amount.</exception>
    public static ulong ParseBytes(string text)
    {
        (ulong number, string unit) = Split(text);
        int shift = unit.ToUpperInvariant() switch
        {
            "" => 0,
            "K" => 10,
            "M" => 20,
            "G" => 30,
            _ => throw new FormatException($"'{text}' is no amount of octets: units are k, m, g"),
        };
        return number <= ulong.MaxValue >> shift ? number << shift : throw new FormatException($"'{text}' is too large an amount");
    }

    /// <summary>A time or an amount of nothing, in whatever unit.</summary>
    public static bool IsZero(string text)
    {
        try
        {
            return char.IsAsciiDigit(text.LastOrDefault()) || "smhd".Contains(text.LastOrDefault(), StringComparison.Ordinal)
                ? ParseTime(text) == TimeSpan.Zero
                : ParseBytes(text) == 0;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    private static (ulong Number, string Unit) Split(string text)
    {
        int digits = 0;
        while (digits < text.Length && char.IsAsciiDigit(text[digits])) digits++;
        if (digits == 0 || !ulong.TryParse(text[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out ulong number))
            throw new FormatException($"'{text}' does not begin with a number");
        return (number, text[digits..].Trim());
    }
}
