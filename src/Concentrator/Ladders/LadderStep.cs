namespace Concentrator.Ladders;

/// <summary>One thing that happened between two gateways, in the order in which it was seen.</summary>
internal abstract record LadderStep(Side At);

/// <summary>An IKE message on its way from <see cref="LadderStep.At"/>. <see cref="Note"/> says what is special about it: repeated, lost, forged.</summary>
internal sealed record MessageStep(Side At, string Summary, int Octets, string Note = "") : LadderStep(At);

/// <summary>A call into one side's kernel, and what it said.</summary>
internal sealed record KernelStep(Side At, string Call, bool Refused) : LadderStep(At);

/// <summary>A change of state, or a remark, on one side.</summary>
internal sealed record StateStep(Side At, string Text, bool IsError = false) : LadderStep(At);

/// <summary>The two ends of the ladder: the initiator stands left.</summary>
internal enum Side
{
    Left,
    Right,
}
