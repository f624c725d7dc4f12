using Concentrator.Actors.ChildSa;
using Concentrator.Actors.Node;
using Concentrator.Ike.Session;

namespace Concentrator.Demo;

/// <summary>Something that must be true when a row is over, and whether it is.</summary>
internal sealed record Check(string What, bool Holds);

/// <summary>One row of the table: its story, how it is played, and what must have come of it.</summary>
internal sealed record Row(
    string Id, string Title, string Rule, StageSetup Setup, Func<Stage, Task> PlayAsync, Func<Stage, Ending, IEnumerable<Check>> Judge);

/// <summary>Both sides when a row is over.</summary>
internal sealed record Ending(NodeSnapshot Moon, NodeSnapshot? Sun, IReadOnlyList<string> Wire)
{
    public bool BothEstablished => IsEstablished(Moon) && Sun is not null && IsEstablished(Sun);

    public bool BothHave(int children) => Count(Moon) == children && Sun is not null && Count(Sun) == children;

    /// <summary>Two SAs and three policies a child, and no SPI that waits.</summary>
    public static bool KernelHolds(NodeSnapshot side, int children) =>
        side.Kernel.Sas == 2 * children && side.Kernel.Policies == 3 * children && side.Kernel.Reservations == 0 && side.Kernel.Quarantined == 0;

    public bool BothKernelsHold(int children) => KernelHolds(Moon, children) && Sun is not null && KernelHolds(Sun, children);

    private static bool IsEstablished(NodeSnapshot side) => side.IkeSas.Count == 1 && side.IkeSas[0].State == IkeSaState.Established;

    private static int Count(NodeSnapshot side) => side.IkeSas.Sum(i => i.Children.Count(c => c.State == ChildSaState.Installed));

    /// <summary>One line about a side, for people.</summary>
    public static string Describe(NodeSnapshot side)
    {
        string ike = side.IkeSas.Count == 0 ? "no IKE_SA" : string.Join(", ", side.IkeSas.Select(i => $"IKE_SA {i.State.DisplayName()}"));
        string child = Count(side) switch { 0 => "no CHILD_SA", 1 => "1 CHILD_SA INSTALLED", int n => $"{n} CHILD_SAs INSTALLED" };
        return $"{ike}, {child}; kernel: {side.Kernel.Sas} SAs, {side.Kernel.Policies} policies, {side.Kernel.Reservations} SPIs waiting";
    }
}
