namespace Concentrator.Actors.Tests.Certificates;

/// <summary>A clock that stands still until it is set.</summary>
internal sealed class Clock(DateTimeOffset now) : TimeProvider
{
    public DateTimeOffset Now { get; set; } = now;

    /// <summary>Spans of time are measured by it too, and not by the machine's.</summary>
    public bool StandsStill { get; init; }

    public override long TimestampFrequency => StandsStill ? TimeSpan.TicksPerSecond : base.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => Now;

    public override long GetTimestamp() => StandsStill ? Now.Ticks : base.GetTimestamp();
}
