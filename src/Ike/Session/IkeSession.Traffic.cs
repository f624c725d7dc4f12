using Concentrator.Ike.Configuration;
using Concentrator.Ike.Selectors;

namespace Concentrator.Ike.Session;

/// <summary>Children that traffic asks for. They are not wanted for good: when one fails or goes, it is traffic that asks again.</summary>
public sealed partial class IkeSession
{
    /// <summary>By the name of the configuration, and the packet that asked first.</summary>
    private readonly Dictionary<string, PacketSelectors> _asked = [];

    private void Serve(ServeTraffic serve)
    {
        string name = serve.Name;
        if (LiveChild(name) is { Phase: ChildPhase.Installed })
        {
            _effects.Add(new ChildServed(name, IsUp: true));
        }
        else if (State is IkeSaState.Created or IkeSaState.InitRequested or IkeSaState.AuthRequested)
        {
            _asked.TryAdd(name, serve.Packet);
        }
        else if (State == IkeSaState.Established && _connection!.Children.FirstOrDefault(c => c.Name == name) is { } config)
        {
            _asked.TryAdd(name, serve.Packet);
            if (LiveChild(name) is null) BringUp(config);
        }
        else
        {
            _effects.Add(new ChildServed(name, IsUp: false));
        }
    }

    /// <summary>It is up, or nothing of it is left.</summary>
    private void ConcludeServing(string name, bool isUp)
    {
        if (_asked.Remove(name)) _effects.Add(new ChildServed(name, isUp));
    }

    /// <summary>RFC 7296 §2.9: the packet that asked stands first in TSi and TSr, so that the answer covers it; never beyond our own policy.</summary>
    private void PutPacketFirst(Child child)
    {
        if (child.Plan.RekeyOf is not null || !_asked.TryGetValue(child.Plan.Config.Name, out PacketSelectors? packet)) return;
        child.LocalOffer = Before(packet.Local, child.LocalOffer);
        child.RemoteOffer = Before(packet.Remote, child.RemoteOffer);
    }

    private static IReadOnlyList<TrafficSelector> Before(TrafficSelector packet, IReadOnlyList<TrafficSelector> configured) =>
        configured.Any(packet.IsSubsetOf) && configured[0] != packet ? [packet, .. configured] : configured;
}
