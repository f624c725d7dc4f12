namespace Concentrator.Ike.Configuration;

/// <summary>Finds the word somebody probably meant, for error messages.</summary>
public static class Spelling
{
    /// <summary>Longer words are cut before they are compared or quoted: a message stays one line whatever the input.</summary>
    private const int LongestWord = 64;

    /// <summary><c>, did you mean 'x'?</c> for the nearest candidate, or nothing when none is near.</summary>
    public static string Suggest(string word, IEnumerable<string> candidates) =>
        Nearest(word, candidates) is { } nearest ? $", did you mean '{nearest}'?" : "";

    /// <summary>The candidate with the least edit distance, the alphabetically first of equals; null when more than a third would have to change.</summary>
    public static string? Nearest(string word, IEnumerable<string> candidates)
    {
        if (word.Length is 0 or > LongestWord) return null;
        string? best = null;
        int bestDistance = Math.Max(2, word.Length / 3) + 1;
        foreach (string candidate in candidates.Order(StringComparer.Ordinal))
        {
            int distance = Distance(word, candidate);
            if (distance >= bestDistance || distance >= candidate.Length) continue;
            bestDistance = distance;
            best = candidate;
        }

        return best;
    }

    /// <summary>The word as it may stand in a message: short, without control characters.</summary>
    public static string Quotable(string word)
    {
        string cut = word.Length <= LongestWord ? word : string.Concat(word.AsSpan(0, LongestWord), "…");
        return string.Concat(cut.Select(c => char.IsControl(c) ? '?' : c));
    }

    /// <summary>Edits, insertions, removals and swaps of neighbours that turn one word into the other, without regard to case.</summary>
    private static int Distance(string left, string right)
    {
        int[,] cost = new int[left.Length + 1, right.Length + 1];
        for (int i = 0; i <= left.Length; i++) cost[i, 0] = i;
        for (int j = 0; j <= right.Length; j++) cost[0, j] = j;
        for (int i = 1; i <= left.Length; i++)
        {
            for (int j = 1; j <= right.Length; j++)
            {
                int change = Same(left[i - 1], right[j - 1]) ? 0 : 1;
                int best = Math.Min(Math.Min(cost[i - 1, j] + 1, cost[i, j - 1] + 1), cost[i - 1, j - 1] + change);
                bool swapped = i > 1 && j > 1 && Same(left[i - 1], right[j - 2]) && Same(left[i - 2], right[j - 1]);
                cost[i, j] = swapped ? Math.Min(best, cost[i - 2, j - 2] + 1) : best;
            }
        }

        return cost[left.Length, right.Length];
    }

    private static bool Same(char a, char b) => char.ToLowerInvariant(a) == char.ToLowerInvariant(b);
}
