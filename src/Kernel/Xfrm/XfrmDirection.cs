namespace Concentrator.Kernel;

/// <summary>XFRM_POLICY_* directions (linux/xfrm.h).</summary>
public enum XfrmDirection : byte
{
    In = 0,
    Out = 1,
    Forward = 2,
}
