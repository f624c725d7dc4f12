using Concentrator.Ike.Session;

namespace Concentrator.Actors.Store.Bodies;

/// <summary>The phases of a child, by numbers of the body's own.</summary>
internal static class ChildPhases
{
    private static readonly ChildPhase[] _stored = [ChildPhase.Requested, ChildPhase.Installing, ChildPhase.Installed, ChildPhase.Deleting, ChildPhase.Lingering];

    /// <exception cref="ArgumentOutOfRangeException">A child in this phase is in no state.</exception>
    public static uint Write(ChildPhase phase) => Array.IndexOf(_stored, phase) is >= 0 and int index
        ? (uint)index + 1
        : throw new ArgumentOutOfRangeException(nameof(phase), phase, "A child in this phase is not stored.");

    /// <exception cref="FormatException">There is no such phase.</exception>
    public static ChildPhase Read(uint phase) => phase >= 1 && phase <= _stored.Length ? _stored[phase - 1] : throw new FormatException($"no phase of a child has the number {phase}");
}
