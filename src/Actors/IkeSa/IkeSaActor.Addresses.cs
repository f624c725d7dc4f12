using Concentrator.Actors.Kernel;
using Concentrator.Actors.Pools;

namespace Concentrator.Actors.IkeSa;

/// <summary>Addresses inside the tunnel, the peer's and ours. They are given back when the session says so, and at the latest when the IKE SA is over, even by a failure.</summary>
internal sealed partial class IkeSaActor
{
    private bool _asksForLeases;
    private bool _hasVirtualAddresses;

    private void ReleaseLeases()
    {
        if (!_asksForLeases && _ikeSa.PeerAddresses.Count == 0) return;
        _asksForLeases = false;
        _node.Actors.Pools.Tell(new ReleaseFor(_session), Self);
    }

    private void DropVirtualAddresses()
    {
        if (!_hasVirtualAddresses) return;
        _hasVirtualAddresses = false;
        _node.Actors.Kernel.Tell(RemoveVirtualAddresses.Instance, Self);
    }
}
