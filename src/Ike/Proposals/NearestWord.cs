namespace Concentrator.Ike.Proposals;

/// <summary>The known word that a mistyped one most likely was.</summary>
public static class NearestWord
{
    /// <summary>Nothing known is this long, and comparing takes the product of both lengths.</summary>
    private const int LongestWord = 64;

    /// <summary>The word with the smallest edit distance, the alphabetically first of equals; null where more than a third would have to change.</summary>
    public static string? Of(string word, IEnumerable<string> known)
    {
        if (word.Length is 0 or > LongestWord) return null;
        int limit = Math.Max(2, word.Length / 3);
        return known
            .Select(candidate => (Word: candidate, Distance: Distance(word, candidate)))
            .Where(c => c.Distance <= limit && c.Distance < c.Word.Length)
            .OrderBy(c => c.Distance).ThenBy(c => c.Word, StringComparer.Ordinal)
            .FirstOrDefault().Word;
    }

    /// <summary>Insertions, deletions, replacements and swaps of neighbours that turn one into the other, without regard to case.</summary>
    public static int Distance(string a, string b)
    {
        int[,] cost = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++) cost[i, 0] = i;
        for (int j = 0; j <= b.Length; j++) cost[0, j] = j;
        for (int i = 1; i <= a.Length; i++)
        {
            for (int j = 1; j <= b.Length; j++)
            {
                int replaced = cost[i - 1, j - 1] + (IsSame(a[i - 1], b[j - 1]) ? 0 : 1);
                cost[i, j] = Math.Min(replaced, Math.Min(cost[i - 1, j], cost[i, j - 1]) + 1);
                bool isSwap = i > 1 && j > 1 && IsSame(a[i - 1], b[j - 2]) && IsSame(a[i - 2], b[j - 1]);
                if (isSwap) cost[i, j] = Math.Min(cost[i, j], cost[i - 2, j - 2] + 1);
            }
        }

        return cost[a.Length, b.Length];
    }

    private static bool IsSame(char a, char b) => char.ToLowerInvariant(a) == char.ToLowerInvariant(b);
}
