using System.Net;
using Akka.Actor;
using Concentrator.Actors.Node;

namespace Concentrator.Actors.Kernel;

/// <summary>A CHILD_SA actor that has, or may have, something in the kernel. SPIs are zero where there is none.</summary>
internal sealed class KernelOwner(IActorRef actor, string name)
{
    public IActorRef Actor { get; } = actor;

    /// <summary>What the tables know it by; unique for the life of the node.</summary>
    public string Name { get; } = name;

    /// <summary>What observers know it by; null while it has not said.</summary>
    public KernelUser? User { get; set; }

    public uint InboundSpi { get; set; }

    public uint OutboundSpi { get; set; }

    /// <summary>From where ESP of the peer came when the kernel last told of a change, and when that was.</summary>
    public IPEndPoint? Mapping { get; set; }

    public TimeSpan MappedAt { get; set; }

    public bool HasAnything => InboundSpi != 0;

    public void Clear() => InboundSpi = OutboundSpi = 0;
}
