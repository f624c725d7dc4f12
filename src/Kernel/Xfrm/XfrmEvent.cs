using System.Net;

namespace Concentrator.Kernel;

/// <summary>What the kernel tells unasked.</summary>
public abstract record XfrmEvent;

/// <summary>XFRM_MSG_ACQUIRE: traffic matched a policy without an SA.</summary>
public sealed record Acquire(uint PolicyIndex, uint ReqId, IPAddress Source, IPAddress Destination) : XfrmEvent;

/// <summary>XFRM_MSG_EXPIRE: a limit of an SA was reached; <see cref="Hard"/>: and the SA is gone.</summary>
public sealed record Expire(SaId Id, uint ReqId, bool Hard) : XfrmEvent;

/// <summary>XFRM_MSG_MAPPING: ESP came from another address or port than before.</summary>
public sealed record Mapping(SaId Id, uint ReqId, IPAddress NewAddress, ushort NewPort) : XfrmEvent;

/// <summary>The event socket overflowed: anything may have been missed, so what is in the kernel must be looked at.</summary>
public sealed record EventsLost : XfrmEvent;
