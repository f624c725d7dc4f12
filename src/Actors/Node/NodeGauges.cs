using Concentrator.Kernel;

namespace Concentrator.Actors.Node;

/// <summary>What the node's actors leave for whoever measures. Written by their owners, read from any thread.</summary>
internal sealed class NodeGauges
{
    private int _halfOpen;

    /// <summary>The KernelActor's.</summary>
    public EspTotals Esp { get; } = new();

    /// <summary>The RouterActor's: IKE SAs that peers began and that nobody has authenticated yet.</summary>
    public int HalfOpen
    {
        get => Volatile.Read(ref _halfOpen);
        set => Volatile.Write(ref _halfOpen, value);
    }
}
