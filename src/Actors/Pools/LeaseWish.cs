using System.Net;
using Concentrator.Actors.Routing;
using Concentrator.Ike.Wire;

namespace Concentrator.Actors.Pools;

/// <summary>
/// What an IKE SA wants of a pool: an address of <see cref="Asked"/>'s family, that very one where it is not the unspecified one. For <see cref="TakesOver"/>
/// see <see cref="Concentrator.Ike.Session.LeaseAddresses"/>.
/// </summary>
internal sealed record LeaseWish(SessionId Session, IPAddress Asked, Identity Identity, IPAddress Peer, bool TakesOver);
