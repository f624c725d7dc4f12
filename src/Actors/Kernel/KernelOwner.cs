using System.Net;
using Akka.Actor;
using Concentrator.Actors.Node;
using Concentrator.Actors.Routing;

namespace Concentrator.Actors.Kernel;

/// <summary>A CHILD_SA actor that has, or may have, something in the kernel. SPIs are zero where there is none.</summary>
internal sealed class KernelOwner(IActorRef actor, string name)
{
    public IActorRef Actor { get; } = actor;

    /// <summary>What the tables know it by; unique for the life of the node.</summary>
    public string Name { get; } = name;

    /// <summary>What observers know it by; null while it has not said.</summary>
    public KernelUser? User { get; set; }

    /// <summary>Whose child it is.</summary>
    public SessionId Session => User?.IkeSa.Session ?? default;

    public uint InboundSpi { get; set; }

    public uint OutboundSpi { get; set; }

    /// <summary>From where ESP of the peer came when the kernel last told of a change, and when that was.</summary>
    public IPEndPoint? Mapping { get; set; }

    public TimeSpan MappedAt { get; set; }

    /// <summary>The routes that lead its traffic from addresses inside the tunnel.</summary>
    public List<(IPNetwork Destination, IPAddress Source, IPAddress Peer)> Routes { get; set; } = [];

    public bool HasAnything => InboundSpi != 0;

    /// <summary>How far its SAs had come when they were last looked at.</summary>
    public ulong Received { get; set; }

    public ulong Sent { get; set; }

    public void Clear()
    {
        InboundSpi = OutboundSpi = 0;
        Received = Sent = 0;
    }
}
