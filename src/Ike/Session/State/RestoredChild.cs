namespace Concentrator.Ike.Session.State;

/// <summary>
/// How a child stands that comes back with its session. Its actor is told nothing more: it finds the SAs in the kernel or puts them there, and answers as to
/// <see cref="InstallChild"/>.
/// </summary>
/// <param name="InboundSpi">Ours. Where <paramref name="Parameters"/> is null it is to be reserved again, no more: the peer has been asked with it.</param>
/// <param name="Parameters">Whoever receives this owns the keys.</param>
/// <param name="IsRetired">It sends no more: another has taken its place.</param>
public sealed record RestoredChild(uint InboundSpi, ChildSaParameters? Parameters, bool IsRetired);
