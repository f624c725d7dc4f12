namespace Concentrator.Ike.Configuration;

/// <summary>What happens to a child when its configuration is loaded (swanctl.conf <c>start_action</c>).</summary>
public enum StartAction
{
    None,
    Start,
}
