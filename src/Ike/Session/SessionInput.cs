using System.Net;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Selectors;
using Concentrator.Ike.Wire;

namespace Concentrator.Ike.Session;

/// <summary>What can happen to an IKE SA. All of it comes through <see cref="IkeSession.Handle"/>.</summary>
public abstract record SessionInput;

/// <summary>A datagram for this IKE SA, without the non-ESP marker. The session may write into it and keeps no reference to it.</summary>
public sealed record DatagramReceived(Memory<byte> Datagram, IkePath Path) : SessionInput;

/// <summary>
/// The answer to <see cref="LeaseAddresses"/>: at least one of the addresses that were asked for, and what else the pools have to tell.
/// </summary>
public sealed record AddressesLeased(IReadOnlyList<IPAddress> Addresses, IReadOnlyList<ConfigurationAttribute> Attributes) : SessionInput;

/// <summary>None of the addresses can be leased.</summary>
public sealed record AddressesRefused(string Reason) : SessionInput;

/// <summary>The kernel does not take the addresses of <see cref="UseAddresses"/>.</summary>
public sealed record AddressesNotUsable(string Reason) : SessionInput;

/// <summary>A timer that an <see cref="ArmTimer"/> effect set has run out.</summary>
public sealed record TimerElapsed(SessionTimer Timer) : SessionInput;

/// <summary>
/// Become the initiator: connect to the peer and bring up the named children. <see cref="InitialContact"/>: this is the only
/// IKE SA we know with this peer (RFC 7296 §2.4).
/// </summary>
public sealed record Initiate(ConnectionConfig Connection, IReadOnlyList<string> Children, IkePath Path, bool InitialContact) : SessionInput
{
    /// <summary>The gateway that has redirected us to where <see cref="Path"/> leads (RFC 5685); null: nobody has.</summary>
    public IPAddress? RedirectedFrom { get; init; }

    /// <summary>When it, and others before it, did so: from <see cref="CallElsewhere"/>.</summary>
    public IReadOnlyList<TimeSpan> Redirects { get; init; } = [];
}

/// <summary>The client is to go to another gateway (RFC 5685), where it has said that it follows; then it closes this IKE SA.</summary>
public sealed record RedirectPeer(GatewayIdentity To) : SessionInput;

/// <summary>Bring up one more child, because an operator asked: it is wanted from now on.</summary>
public sealed record InitiateChild(string Name) : SessionInput;

/// <summary>The configuration of this connection is another now. An established IKE SA goes on with what it was made with; its further children may be the new ones.</summary>
public sealed record ConnectionChanged(ConnectionConfig Connection) : SessionInput;

/// <summary>
/// Traffic without an SA asks for a child: it is brought up now, or as soon as the IKE SA is established, once. Answered by a <see cref="ChildServed"/>
/// effect, whatever becomes of it, unless the IKE SA ends.
/// </summary>
public sealed record ServeTraffic(string Name, PacketSelectors Packet) : SessionInput;

/// <summary>The one packet that asked for a child, from our side to the peer's (RFC 7296 §2.9).</summary>
public sealed record PacketSelectors(TrafficSelector Local, TrafficSelector Remote);

/// <summary>The kernel accepts again what it refused: children that wait for that are tried at once.</summary>
public sealed record KernelRecovered : SessionInput;

/// <summary>Close the child with this id with a Delete exchange; it is not wanted any more.</summary>
public sealed record CloseChild(uint ChildId) : SessionInput;

/// <summary>The kernel has the child no more, by a hard limit or somebody's hand: it is closed, and brought up anew if it is wanted.</summary>
public sealed record ChildLost(uint ChildId) : SessionInput;

/// <summary>ESP of the peer on this child was authentic and came from another address or port than before (XFRM_MSG_MAPPING).</summary>
public sealed record MappingChanged(uint ChildId, IPEndPoint Remote) : SessionInput;

/// <summary>Addresses or routes of ours have come or gone; which there are now, <see cref="SessionContext.LocalAddresses"/> tells.</summary>
public sealed record AddressesChanged : SessionInput;

/// <summary>Put a new child in the place of this one: a soft limit was reached, or an operator asks.</summary>
public sealed record RekeyChild(uint ChildId) : SessionInput;

/// <summary>ESP from the peer's address came in with an SPI that no SA here has: the peer is told (RFC 7296 §1.5). Whoever raises it bounds the rate.</summary>
public sealed record StrayPacket(uint Spi) : SessionInput;

/// <summary>Rekey the IKE SA: an operator asks.</summary>
public sealed record RekeyIkeSa : SessionInput;

/// <summary>Close the IKE SA with a Delete exchange.</summary>
public sealed record Close(EndReason Reason) : SessionInput;

/// <summary>End the IKE SA at once, without a word to the peer: it is known to be gone there.</summary>
public sealed record Abandon(EndReason Reason) : SessionInput;

/// <summary>
/// First of all that a restored session is told: this node has it from now on. Its children are started, the peer hears of it (RFC 6311), and gets fresh SAs.
/// </summary>
/// <param name="RekeyWithin">Each child is rekeyed within this time, at random and not at once: first of all the peers are to hear of it, and then not all of them do this at the same time.</param>
public sealed record TakeOver(TimeSpan RekeyWithin) : SessionInput;

/// <summary>
/// The <see cref="Persist"/> of an IKE SA that has not been announced could not be performed, and neither was what followed it: nobody must rely on this
/// IKE SA, so it ends.
/// </summary>
public sealed record StoreLost : SessionInput;

/// <summary>Another node has this IKE SA now: it ends here, without a word to the peer.</summary>
public sealed record Fenced : SessionInput;

/// <summary>
/// Packets that each child has ever received and sent, by the id of the child: the answer to <see cref="AskForTraffic"/>. A child of which the kernel
/// says nothing is absent.
/// </summary>
public sealed record TrafficCounted(IReadOnlyDictionary<uint, PacketCount> Packets) : SessionInput;

/// <summary>Packets of ESP since the child was installed: those that were authentic and new, and those that left.</summary>
public readonly record struct PacketCount(ulong Received, ulong Sent);

/// <summary>What a CHILD_SA actor tells its IKE SA.</summary>
public abstract record ChildReport(uint ChildId) : SessionInput;

/// <summary>Initiator: the inbound SPI to propose.</summary>
public sealed record SpiReserved(uint ChildId, uint Spi) : ChildReport(ChildId);

/// <summary>Both SAs and their policies are in the kernel.</summary>
public sealed record ChildInstalled(uint ChildId, uint InboundSpi) : ChildReport(ChildId);

/// <summary>What was held back is sent through the child's outbound SA now.</summary>
public sealed record ChildActivated(uint ChildId) : ChildReport(ChildId);

/// <summary>The kernel refused, everything is rolled back, and the CHILD_SA actor has decided what follows.</summary>
public sealed record ChildRefused(uint ChildId, RefusalVerdict Verdict) : ChildReport(ChildId);

/// <summary>Nothing of this child is left in the kernel, as asked.</summary>
public sealed record ChildRemoved(uint ChildId) : ChildReport(ChildId);
