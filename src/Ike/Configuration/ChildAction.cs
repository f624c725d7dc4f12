namespace Concentrator.Ike.Configuration;

/// <summary>What is done for a child at start, when its peer is dead, or when the peer closes it (swanctl.conf <c>start_action</c>, <c>dpd_action</c>, <c>close_action</c>).</summary>
[Flags]
public enum ChildAction
{
    /// <summary>Nothing; a child that there is goes (<c>none</c>, <c>clear</c>).</summary>
    None = 0,

    /// <summary>A trap policy: the first packet brings it up (<c>trap</c>).</summary>
    Trap = 1,

    /// <summary>It is brought up at once (<c>start</c>, <c>restart</c>).</summary>
    Start = 2,
}
