using Akka.Actor;
using Concentrator.Actors.Routing;

namespace Concentrator.Actors.Kernel;

/// <summary>
/// A child of a session that is taken over, as it is to be in the kernel. <see cref="Install"/> has what was negotiated, or null: the SPI alone is to be kept for it.
/// Its reqid is used where the kernel does not have the SAs already.
/// </summary>
/// <param name="Session">Whose it is.</param>
/// <param name="Incarnation">Of its session, that it has here. What is prepared for the same one is the same.</param>
/// <param name="ChildId">Which one.</param>
/// <param name="Install">With keys that belong to whoever receives this.</param>
/// <param name="InboundSpi">Ours.</param>
/// <param name="Local">Where it is kept.</param>
/// <param name="IsRetired">It only receives.</param>
/// <param name="Received">The highest number that is known to have been accepted.</param>
/// <param name="Sent">The last number that anybody else may have sent, or will.</param>
/// <param name="AddedAt">Unix time in seconds.</param>
internal sealed record RestorableChild(
    SessionId Session, int Incarnation, uint ChildId, InstallSas? Install, uint InboundSpi, System.Net.IPAddress Local, bool IsRetired, ulong Received, ulong Sent, ulong AddedAt);

/// <summary>
/// To the KernelActor: these children come back, and their actors come later to adopt them (<see cref="AdoptSas"/>). Done in small pieces between which requests are
/// served. Answered by <see cref="SasRestored"/> when all are done, or those that are left are not wanted any more.
/// </summary>
internal sealed record RestoreSas(IReadOnlyList<RestorableChild> Children, CancellationToken Cancel) : INoSerializationVerificationNeeded;

/// <summary>By session and name of the configuration: the reqid that its children have. How many the kernel has taken, and how many it refused.</summary>
internal sealed record SasRestored(IReadOnlyDictionary<(SessionId Session, string Config), uint> ReqIds, int Installed, int Refused) : INoSerializationVerificationNeeded;

/// <summary>
/// The sender is the actor of a child that came back, and owns from now on what was restored for it. Answered by <see cref="SasInstalled"/>, or by
/// <see cref="KernelRefusal"/> when nothing of it is there.
/// </summary>
internal sealed record AdoptSas(SessionId Session, uint ChildId) : KernelRequest;

/// <summary>What was restored for this session, and nobody has adopted, goes.</summary>
internal sealed record ReleaseRestored(SessionId Session) : INoSerializationVerificationNeeded;
