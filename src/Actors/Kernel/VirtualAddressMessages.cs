using System.Net;
using Akka.Actor;

namespace Concentrator.Actors.Kernel;

/// <summary>
/// The sender's IKE SA was given these addresses inside the tunnel; <see cref="Local"/> is where it is outside. They are on this host before anything is done that is
/// asked after this; where the kernel refuses the sender is told <see cref="Concentrator.Ike.Session.AddressesNotUsable"/>. The sender is watched.
/// </summary>
internal sealed record AddVirtualAddresses(IReadOnlyList<IPAddress> Addresses, IPAddress Local) : INoSerializationVerificationNeeded;

/// <summary>The sender's IKE SA has no use for its addresses any more.</summary>
internal sealed record RemoveVirtualAddresses : INoSerializationVerificationNeeded
{
    public static RemoveVirtualAddresses Instance { get; } = new();
}
