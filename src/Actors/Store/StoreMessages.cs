using Akka.Actor;
using Concentrator.Actors.IkeSa;
using Concentrator.Actors.Routing;

namespace Concentrator.Actors.Store;

/// <summary>To the <see cref="SessionStoreActor"/>: store this. Answered by one <see cref="SaveOutcome"/>, to the sender.</summary>
internal sealed record SaveSession(SessionRow Row) : INoSerializationVerificationNeeded;

/// <summary>What became of a row.</summary>
internal abstract record SaveOutcome(long Revision) : INoSerializationVerificationNeeded;

/// <summary>It is on the disk of the database.</summary>
internal sealed record SessionSaved(long Revision) : SaveOutcome(Revision);

/// <summary>The database cannot be had. The session is asked for its state again when it can.</summary>
internal sealed record SessionNotSaved(long Revision) : SaveOutcome(Revision);

/// <summary>Another node has this session now.</summary>
internal sealed record SessionFenced(long Revision) : SaveOutcome(Revision);

/// <summary>The session is over: its row goes. Not answered.</summary>
internal sealed record ForgetSession(SessionId Session) : INoSerializationVerificationNeeded;

/// <summary>What has moved since the last sample. Not answered.</summary>
internal sealed record SampleSas(IReadOnlyList<ReplaySample> Samples) : INoSerializationVerificationNeeded;

/// <summary>
/// Make a shard's rows ours, unless it has left meanwhile. Answered by <see cref="ShardClaimed"/>, or <see cref="Status.Failure"/> with a <see cref="StoreException"/> or an
/// <see cref="OperationCanceledException"/>.
/// </summary>
internal sealed record ClaimShard(byte Shard, CancellationToken Cancel) : INoSerializationVerificationNeeded;

internal sealed record ShardClaimed(byte Shard, IReadOnlyList<ClaimedSession> Sessions) : INoSerializationVerificationNeeded;

/// <summary>What is stored of these sessions, whosever they are; nothing changes. Answered by <see cref="RowsRead"/>, or <see cref="Status.Failure"/> with a <see cref="StoreException"/>.</summary>
internal sealed record ReadRows(IReadOnlyCollection<SessionId> Sessions) : INoSerializationVerificationNeeded;

/// <summary>As a claim would give them.</summary>
internal sealed record RowsRead(IReadOnlyList<ClaimedSession> Sessions) : INoSerializationVerificationNeeded;

/// <summary>
/// SAs are to be installed that somebody else had: numbers that nobody else sends under. Answered by <see cref="NumbersReserved"/>, or <see cref="Status.Failure"/> with a
/// <see cref="StoreException"/>.
/// </summary>
internal sealed record ReserveNumbers(IReadOnlyCollection<ChildKey> Children) : INoSerializationVerificationNeeded;

/// <summary>By child: what is known to have been accepted, and after which number sending goes on.</summary>
internal sealed record NumbersReserved(IReadOnlyDictionary<ChildKey, ReplaySample> Samples) : INoSerializationVerificationNeeded;

/// <summary>What the cluster calls this life of the node.</summary>
internal sealed record ThisMember(int Uid) : INoSerializationVerificationNeeded;

/// <summary>The cluster goes on without this one: it claims nothing any more.</summary>
internal sealed record MemberGivenUp(int Uid) : INoSerializationVerificationNeeded;

/// <summary>The node stops: answered by <see cref="StoreSettled"/> when nothing is left to be written, and the life has ended.</summary>
internal sealed record SettleStore : INoSerializationVerificationNeeded
{
    public static SettleStore Instance { get; } = new();
}

internal sealed record StoreSettled : INoSerializationVerificationNeeded
{
    public static StoreSettled Instance { get; } = new();
}

/// <summary>To a session of this node: what the store has of it is behind, and it can be written again. <see cref="IsForgotten"/>: it has nothing at all.</summary>
internal sealed record RewriteSession(SessionId Session, bool IsForgotten) : ISessionMessage, INoSerializationVerificationNeeded;
