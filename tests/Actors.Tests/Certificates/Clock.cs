namespace Concentrator.Actors.Tests.Certificates;

/// <summary>A clock that stands still.</summary>
internal sealed class Clock(DateTimeOffset now) : TimeProvider
{
    public DateTimeOffset Now { get; set; } = now;

    public override DateTimeOffset GetUtcNow() => Now;
}
