using System.Security.Cryptography.X509Certificates;
using Concentrator.Ike.Proposals;

namespace Concentrator.Ike.Configuration;

/// <summary>Whether two parts of a configuration say the same, down to the last certificate: what did not change is left in peace.</summary>
internal static class Sameness
{
    public static bool IsSameAs(this X509Certificate2 one, X509Certificate2 other) => one.RawDataMemory.Span.SequenceEqual(other.RawDataMemory.Span);

    public static bool AreSame(IReadOnlyList<X509Certificate2> some, IReadOnlyList<X509Certificate2> others) => AreSame(some, others, IsSameAs);

    public static bool AreSame(IReadOnlyList<Proposal> some, IReadOnlyList<Proposal> others) => AreSame(
        some, others, (a, b) => a.Number == b.Number && a.Protocol == b.Protocol && a.Spi.Span.SequenceEqual(b.Spi.Span) && a.Transforms.SequenceEqual(b.Transforms));

    public static bool AreSame<T>(IReadOnlyList<T> some, IReadOnlyList<T> others, Func<T, T, bool> same)
    {
        if (some.Count != others.Count) return false;
        for (int i = 0; i < some.Count; i++)
            if (!same(some[i], others[i])) return false;
        return true;
    }
}
