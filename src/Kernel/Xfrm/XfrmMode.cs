namespace Concentrator.Kernel;

/// <summary>XFRM_MODE_* (linux/xfrm.h).</summary>
public enum XfrmMode : byte
{
    Transport = 0,
    Tunnel = 1,
}
