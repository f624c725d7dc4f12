namespace Concentrator.Benchmarks;

/// <summary>Of what was measured in each round.</summary>
internal static class Median
{
    public static double Of(IEnumerable<double> values) => At(values, 0.5);

    /// <summary>The value below which this share of them is.</summary>
    public static double At(IEnumerable<double> values, double share)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? double.NaN : sorted[(int)Math.Ceiling(share * (sorted.Length - 1))];
    }
}
