using System.Collections.Concurrent;
using System.Net;
using Concentrator.Actors.Kernel;
using Concentrator.Actors.Node;
using Concentrator.Ike.Configuration;

namespace Concentrator.Actors.Connections;

/// <summary>
/// The reqids of traps. A child that a trap brings up has the trap's: its SA then ends what the kernel noted of the ACQUIRE. Kept for the life of the node.
/// Safe from any thread.
/// </summary>
internal sealed class TrapReqIds(NumberSequence numbers)
{
    private readonly ConcurrentDictionary<string, uint> _reqIds = new();

    /// <summary>Null where there never was a trap.</summary>
    public uint? Find(string connection, string child, IPAddress? remote) =>
        _reqIds.TryGetValue(TrapPlan.NameOf(connection, child, null), out uint reqId) || _reqIds.TryGetValue(TrapPlan.NameOf(connection, child, remote), out reqId)
            ? reqId
            : null;

    public uint For(ConnectionConfig connection, ChildConfig child, IPAddress remote) => child.ReqId != 0
        ? child.ReqId
        : _reqIds.GetOrAdd(TrapPlan.NameOf(connection.Name, child.Name, connection.CallableAddress is null ? remote : null), _ => (uint)numbers.Next());
}
