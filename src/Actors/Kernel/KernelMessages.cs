using System.Net;
using Akka.Actor;
using Concentrator.Actors.Messages;
using Concentrator.Actors.Node;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Session;
using Concentrator.Kernel;

namespace Concentrator.Actors.Kernel;

/// <summary>
/// What a CHILD_SA actor asks of the KernelActor. The sender owns what comes of it, and is watched. One that waited past its
/// <see cref="Deadline"/> (on the node's clock) is refused, not carried out.
/// </summary>
internal abstract record KernelRequest : INodeMessage
{
    public TimeSpan Deadline { get; init; } = TimeSpan.MaxValue;

    /// <summary>Who asks: for observers, and because each shard has its own part of the SPIs.</summary>
    public KernelUser? User { get; init; }
}

/// <summary>An inbound SPI between these addresses. Answered by <see cref="SpiAllocated"/> or <see cref="KernelRefusal"/>.</summary>
internal sealed record GetSpi(IPAddress Local, IPAddress Remote, ChildMode Mode, uint ReqId) : KernelRequest;

/// <summary>
/// Both SAs and all policies, or nothing. The keys in <see cref="Parameters"/> belong to the receiver, which disposes them. Answered by
/// <see cref="SasInstalled"/>, or by <see cref="KernelRefusal"/> when nothing, the SPI included, is left.
/// </summary>
internal sealed record InstallSas(ChildSaParameters Parameters, ChildConfig Config, uint InboundSpi, uint ReqId) : KernelRequest;

/// <summary>
/// What the sender's child holds back for is sent through it now. Answered by <see cref="SasActivated"/>, or by <see cref="KernelRefusal"/> when nothing
/// of it is left and the traffic is where it was.
/// </summary>
internal sealed record ActivateSas : KernelRequest;

/// <summary>
/// What the sender's child has goes on along another way. Answered by <see cref="SasMoved"/>, or by <see cref="KernelRefusal"/> when nothing of it is left.
/// </summary>
internal sealed record MoveSas(ChildPath Path) : KernelRequest;

/// <summary>The outbound SA goes, the inbound one stays. Answered by <see cref="SasRetired"/>, always: what resists is the KernelActor's to get rid of.</summary>
internal sealed record RetireSas : KernelRequest;

/// <summary>
/// Everything that the sender owns goes. Answered by <see cref="SasRemoved"/>, always, whatever the deadline: what resists is the KernelActor's
/// to get rid of.
/// </summary>
internal sealed record RemoveSas : KernelRequest;

/// <summary>
/// What the sender's child has, whole, to be installed in the kernel of another node. It stays. Answered by <see cref="SasRead"/>, or by
/// <see cref="KernelRefusal"/> when it cannot be told; then it is as it was.
/// </summary>
internal sealed record ReadSas : KernelRequest;

/// <summary>
/// A child that another kernel has, or had, goes on here. The keys belong to the receiver. Answered by <see cref="SasInstalled"/>, or by
/// <see cref="KernelRefusal"/> when nothing of it is here.
/// </summary>
/// <param name="Spec">Its owner's name is the receiver's affair.</param>
/// <param name="Hold">What it is to send is sent by the child that it replaces until <see cref="ActivateSas"/>.</param>
internal sealed record BringSas(ChildSaSpec Spec, bool Hold) : KernelRequest;

internal abstract record KernelReply : INodeMessage;

/// <summary>With keys that belong to the receiver.</summary>
internal sealed record SasRead(ChildSaSpec Spec) : KernelReply;

internal sealed record SpiAllocated(uint Spi) : KernelReply;

internal sealed record SasInstalled : KernelReply;

internal sealed record KernelRefusal(Refusal Refusal) : KernelReply;

internal sealed record SasActivated : KernelReply;

internal sealed record SasMoved : KernelReply;

internal sealed record SasRetired : KernelReply;

internal sealed record SasRemoved : KernelReply;

/// <summary>The KernelActor did not answer in time: what became of the request is not known.</summary>
internal sealed record KernelSilent : KernelReply;

/// <summary>
/// How many packets have these CHILD_SA actors' SAs received and sent, by the ids of the children? Answered by <see cref="TrafficCounted"/>; after the deadline
/// (on the node's clock) nobody waits for it, and it is not.
/// </summary>
internal sealed record CountPackets(IReadOnlyDictionary<uint, IActorRef> Children, TimeSpan Deadline) : INodeMessage;

/// <summary>What the KernelActor tells the owner of an SA unasked.</summary>
internal abstract record KernelTold(uint InboundSpi) : INodeMessage;

/// <summary>A soft limit of this SA was reached.</summary>
internal sealed record SaExpiresSoon(uint InboundSpi) : KernelTold(InboundSpi);

/// <summary>Authentic ESP on this SA came from another address or port.</summary>
internal sealed record SaMapped(uint InboundSpi, IPEndPoint Remote) : KernelTold(InboundSpi);

/// <summary>The kernel has this SA no more: a hard limit was reached, or it was found missing.</summary>
internal sealed record SaLost(uint InboundSpi) : KernelTold(InboundSpi);
