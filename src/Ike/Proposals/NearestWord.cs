namespace Concentrator.Ike.Proposals;

/// <summary>The known word that a mistyped one most likely was.</summary>
public static class NearestWord
{
    /// <summary>The word with the smallest edit distance, the first of equals; null where nothing is known.</summary>
    public static string? Of(string word, IEnumerable<string> known) => known.MinBy(k => Distance(word, k));

    /// <summary>Levenshtein's distance: insertions, deletions and replacements of single characters.</summary>
    public static int Distance(string a, string b)
    {
        int[] previous = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int[] current = new int[b.Length + 1];
            current[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int replaced = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                current[j] = Math.Min(replaced, Math.Min(previous[j], current[j - 1]) + 1);
            }

            previous = current;
        }

        return previous[b.Length];
    }
}
