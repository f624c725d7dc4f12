namespace Concentrator.Ike.Configuration;

/// <summary>
/// The configuration that is in force. It is immutable and replaced whole, by one owner, so that a reader sees the old one or the new one and never a
/// mixture. Readers that need two things of it take <see cref="Current"/> once. Safe from any thread.
/// </summary>
public sealed class RunningConfig(GatewayConfig config)
{
    private GatewayConfig _current = config;

    public GatewayConfig Current => Volatile.Read(ref _current);

    /// <summary>For the owner alone.</summary>
    public void Replace(GatewayConfig config) => Volatile.Write(ref _current, config);
}
