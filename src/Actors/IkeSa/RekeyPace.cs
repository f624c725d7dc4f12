namespace Concentrator.Actors.IkeSa;

/// <summary>When the children of sessions that came over are rekeyed: the more there are the later, so that a herd leaves room for newcomers, and for itself.</summary>
internal static class RekeyPace
{
    private const int PerSecond = 250;
    private static readonly TimeSpan Least = TimeSpan.FromSeconds(20);

    /// <param name="sessions">How many live on the node.</param>
    public static TimeSpan After(int sessions) => TimeSpan.FromSeconds(Math.Max(Least.TotalSeconds, sessions / PerSecond));
}
