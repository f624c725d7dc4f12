using Concentrator.Actors.Routing;

namespace Concentrator.Actors.Store;

/// <summary>
/// The rows of IKE SAs in a database: one a session, fenced. All members may be called from any thread, one call at a time but for disposal, and never
/// block the caller. A database that cannot be had, or does not answer in time, throws <see cref="StoreException"/>; what became of the call is not known then.
/// </summary>
internal interface ISessionStore : IAsyncDisposable
{
    /// <summary>Begins a life of a node: makes or migrates the tables, and draws an epoch above all before.</summary>
    /// <exception cref="StoreConflictException">Another living node has this name or address, or the two cannot read each other's rows.</exception>
    Task<long> BeginLifeAsync(NodeIdentity node, CancellationToken cancel);

    /// <summary>The node of this epoch lives, and is this member of its cluster. Returns what the database knows of that life.</summary>
    Task<LifeState> BeatAsync(long epoch, int member, CancellationToken cancel);

    /// <summary>The cluster goes on without these members, whether they live or not: from now on their lives claim nothing.</summary>
    Task GiveUpAsync(IReadOnlyCollection<int> members, CancellationToken cancel);

    /// <summary>The life is over in order: nobody need wait for its beat to stop.</summary>
    Task EndLifeAsync(long epoch, CancellationToken cancel);

    /// <summary>
    /// One transaction. Returns the sessions whose row was not accepted, because it is another's, newer, or was deleted by another; the others are
    /// committed. Deletes come first; those of rows that are not the writer's do nothing. What is known of children that are gone goes with them.
    /// </summary>
    Task<IReadOnlyCollection<SessionId>> WriteAsync(long epoch, StoreBatch batch, CancellationToken cancel);

    /// <summary>
    /// Makes the rows of these shards the epoch's, in one transaction, each with the next incarnation, and returns them.
    /// Rows of <paramref name="living"/> that are the epoch's already are left alone and not returned.
    /// </summary>
    /// <exception cref="StoreException">Also where the life of the epoch is over, or was given up by others: it has claimed nothing.</exception>
    Task<IReadOnlyList<ClaimedSession>> ClaimAsync(long epoch, IReadOnlyCollection<byte> shards, IReadOnlyCollection<SessionId> living, CancellationToken cancel);

    /// <summary>Rows as <see cref="ClaimAsync"/> would return them, with the incarnation that the next owner will have; nothing is changed.</summary>
    Task<IReadOnlyList<ClaimedSession>> ReadAsync(IReadOnlyCollection<SessionId> sessions, CancellationToken cancel);

    /// <summary>How far SAs have come. Unfenced, for what is known already never goes back.</summary>
    Task SampleAsync(IReadOnlyCollection<ReplaySample> samples, CancellationToken cancel);

    /// <summary>
    /// The next <paramref name="count"/> sequence numbers of each of these children's outbound SAs, for the asker alone: returns <see cref="ReplaySample.Sent"/>, after which they
    /// begin, one that no earlier asker was given. A session without a row has none.
    /// </summary>
    Task<IReadOnlyList<ReplaySample>> ReserveAsync(IReadOnlyCollection<ChildKey> children, uint count, CancellationToken cancel);
}

/// <summary>Who a node is to the others. Immutable.</summary>
internal sealed record NodeIdentity(string Name, string Address)
{
    /// <summary>The ids of the keys that it reads, the last of which it writes under; empty: it has not said.</summary>
    public IReadOnlyList<string> Keys { get; init; } = [];
}

/// <summary>What a database knows of a life.</summary>
internal enum LifeState
{
    Known,

    /// <summary>Nothing: it was replaced, or lost what it had.</summary>
    Forgotten,

    /// <summary>The other nodes go on without it.</summary>
    GivenUp,
}

/// <summary>One row to be written. <see cref="IsFirst"/>: no row of this session is known to be committed, so it may have to be inserted.</summary>
internal sealed record SessionRow(SessionId Session, long Revision, bool IsFirst, int Incarnation, SealedBody Body)
{
    /// <summary>Inbound SPIs of the children that the row before had and this one has not.</summary>
    public IReadOnlyCollection<uint> Gone { get; init; } = [];
}

/// <summary>A row that is this node's now. <see cref="Incarnation"/> is one that no former owner had.</summary>
internal sealed record ClaimedSession(SessionId Session, long Revision, int Incarnation, SealedBody Body);

/// <summary>What is to be written in one transaction.</summary>
internal sealed record StoreBatch(IReadOnlyCollection<SessionRow> Rows, IReadOnlyCollection<SessionId> Deleted)
{
    /// <summary>Children that are over.</summary>
    public IReadOnlyList<ChildKey> Gone { get; } = [.. Rows.SelectMany(row => row.Gone.Select(spi => new ChildKey(row.Session, spi)))];
}

/// <summary>How far one child's SAs have come: highest number received on the inbound SA, last one sent on the outbound SA.</summary>
internal sealed record ReplaySample(SessionId Session, uint InboundSpi, ulong Received, ulong Sent)
{
    public ChildKey Child => new(Session, InboundSpi);
}

/// <summary>Which child of which session.</summary>
internal readonly record struct ChildKey(SessionId Session, uint InboundSpi);
