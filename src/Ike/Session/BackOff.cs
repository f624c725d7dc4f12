namespace Concentrator.Ike.Session;

/// <summary>Exponential back-off with jitter: <see cref="First"/>, doubled each time, at most <see cref="Longest"/>, each varied by up to a fifth.</summary>
public sealed record BackOff(TimeSpan First, TimeSpan Longest)
{
    private const double Jitter = 0.2;

    public static BackOff Default { get; } = new(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5));

    /// <summary>The wait before attempt <paramref name="attempt"/> (1: the first repetition); never above <see cref="Longest"/>.</summary>
    public TimeSpan Delay(int attempt, IRandom random)
    {
        Span<byte> draw = stackalloc byte[2];
        random.Fill(draw);
        double unit = (draw[0] << 8 | draw[1]) / 65535.0;
        double doubled = First.TotalSeconds * Math.Pow(2, Math.Min(attempt - 1, 30));
        double bounded = Math.Min(doubled, Longest.TotalSeconds / (1 + Jitter));
        return TimeSpan.FromSeconds(bounded * (1 - Jitter + 2 * Jitter * unit));
    }
}
