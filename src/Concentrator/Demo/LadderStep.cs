namespace Concentrator.Demo;

/// <summary>One thing that happened between two gateways, in the order in which it was seen.</summary>
internal abstract record LadderStep;

/// <summary>An IKE message on its way. <see cref="Note"/> says what is special about it: repeated, lost, forged.</summary>
internal sealed record MessageStep(Side From, string Summary, int Octets, string Note = "") : LadderStep;

/// <summary>A call into one side's kernel, and what it said.</summary>
internal sealed record KernelStep(Side At, string Call, bool Refused) : LadderStep;

/// <summary>A change of state, or a remark, on one side.</summary>
internal sealed record StateStep(Side At, string Text, bool IsError = false) : LadderStep;

/// <summary>The two ends of the ladder: the initiator stands left.</summary>
internal enum Side
{
    Left,
    Right,
}
