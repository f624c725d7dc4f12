using Concentrator.Ike.Session;

namespace Concentrator.Actors.Store;

/// <summary>A session that was claimed, as it waits for its actor, which owns it from then on. Owns the session until then.</summary>
/// <param name="ikeSa">Made, and not yet told to take over.</param>
/// <param name="revision">Of its row.</param>
/// <param name="incarnation">That it goes on with.</param>
/// <param name="number">Of the IKE SA on this node.</param>
internal sealed class RestoredSession(IkeSession ikeSa, long revision, ushort incarnation, int number) : IDisposable
{
    public IkeSession IkeSa { get; } = ikeSa;

    public long Revision { get; } = revision;

    public ushort Incarnation { get; } = incarnation;

    public int Number { get; } = number;

    /// <summary>Of its children, by the names of their configurations: as the kernel has them.</summary>
    public Dictionary<string, uint> ReqIds { get; } = [];

    public void Dispose() => IkeSa.Dispose();
}
