namespace Concentrator.Tests.Shared;

/// <summary>Measures what code takes from the heap. Shared by all test projects.</summary>
internal static class Allocations
{
    /// <summary>How often <see cref="Least"/> plays what it measures, at the most.</summary>
    public const int Tries = 5;

    /// <summary>
    /// Octets that the calling thread allocates in <paramref name="play"/>, which has run before, at the least of several tries: a collection
    /// that other threads cause in the middle counts what was left of this thread's buffer.
    /// </summary>
    public static long Least(Action play)
    {
        long least = long.MaxValue;
        for (int i = 0; i < Tries && least > 0; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            play();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
