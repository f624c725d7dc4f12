using Concentrator.Actors.Routing;
using Concentrator.Actors.Store;

namespace Concentrator.Actors.Tests.Store;

/// <summary>What every <see cref="ISessionStore"/> does: the same tests for each database.</summary>
public abstract class SessionStoreContract
{
    private static readonly SessionId First = new(0x01_0000_0000_0001), Second = new(0x02_0000_0000_0002), Third = new(0x02_0000_0000_0003);

    private protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private protected virtual bool IsForOneNode => false;

    /// <summary>On the one database of the test.</summary>
    private protected abstract ISessionStore Open();

    /// <summary>All rows vanish, as when a database is replaced by an empty one.</summary>
    private protected abstract Task LoseEverythingAsync();

    /// <summary>As an older program left it, with one row.</summary>
    private protected abstract Task MakeOldAsync();

    /// <summary>As a program of the future left it.</summary>
    private protected abstract Task MakeNewerAsync();

    [Fact]
    public async Task What_is_written_is_claimed_by_the_next_life_with_the_next_incarnation()
    {
        await using ISessionStore store = Open();
        long former = await store.BeginLifeAsync(Node("a"), Cancel);
        Assert.Empty(await Write(store, former, Row(First, 1), Row(Second, 1), Row(Third, 1)));
        Assert.Empty(await Write(store, former, Row(Second, 2, isFirst: false, text: "newer")));

        long next = await store.BeginLifeAsync(Node("a"), Cancel);
        Assert.True(next > former);
        IReadOnlyList<ClaimedSession> claimed = await store.ClaimAsync(next, [2], [], Cancel);
        Assert.Equal([Second, Third], claimed.Select(row => row.Session).Order(Comparer<SessionId>.Create((a, b) => a.Value.CompareTo(b.Value))));
        ClaimedSession second = claimed.Single(row => row.Session == Second);
        Assert.Equal((2L, 1, "key", (short)1), (second.Revision, second.Incarnation, second.Body.KeyId, second.Body.Version));
        Assert.Equal("newer"u8.ToArray(), second.Body.Octets);
        Assert.Equal([First], (await store.ClaimAsync(next, [1], [], Cancel)).Select(row => row.Session));
    }

    [Fact]
    public async Task What_is_read_is_what_a_claim_would_give_and_stays_its_owners()
    {
        await using ISessionStore store = Open();
        long owner = await store.BeginLifeAsync(Node("a"), Cancel);
        await Write(store, owner, Row(First, 1), Row(Second, 3));

        ClaimedSession read = Assert.Single(await store.ReadAsync([Second, Third], Cancel));
        Assert.Equal((Second, 3L, 1), (read.Session, read.Revision, read.Incarnation));
        Assert.Empty(await Write(store, owner, Row(Second, 4, isFirst: false)));
    }

    [Fact]
    public async Task Who_was_given_up_for_dead_neither_overwrites_nor_deletes_nor_inserts()
    {
        await using ISessionStore store = Open();
        long zombie = await store.BeginLifeAsync(Node("a"), Cancel);
        await Write(store, zombie, Row(First, 1), Row(Second, 1));
        long successor = await store.BeginLifeAsync(Node("b"), Cancel);
        await store.ClaimAsync(successor, [1, 2], [], Cancel);
        await store.WriteAsync(successor, new StoreBatch([], [Second]), Cancel);

        // Overwriting, as first or later row; and bringing back what the successor has deleted.
        Assert.Equal([First], await Write(store, zombie, Row(First, 9, isFirst: false)));
        Assert.Equal([First], await Write(store, zombie, Row(First, 9)));
        Assert.Equal([Second], await Write(store, zombie, Row(Second, 9, isFirst: false)));
        await store.WriteAsync(zombie, new StoreBatch([], [First]), Cancel);

        long reader = await store.BeginLifeAsync(Node("c"), Cancel);
        ClaimedSession left = Assert.Single(await store.ClaimAsync(reader, [1, 2], [], Cancel));
        Assert.Equal((First, 1L, 2), (left.Session, left.Revision, left.Incarnation));
    }

    [Fact]
    public async Task One_fenced_row_does_not_hold_back_the_others_of_its_batch()
    {
        await using ISessionStore store = Open();
        long zombie = await store.BeginLifeAsync(Node("a"), Cancel);
        await Write(store, zombie, Row(First, 1), Row(Second, 1));
        long successor = await store.BeginLifeAsync(Node("b"), Cancel);
        await store.ClaimAsync(successor, [1], [], Cancel);
        Assert.Equal([First], await Write(store, zombie, Row(First, 2, isFirst: false), Row(Second, 2, isFirst: false), Row(Third, 1)));
        Assert.Equal(2, (await store.ClaimAsync(successor, [2], [], Cancel)).Count);
    }

    [Fact]
    public async Task A_stale_revision_is_refused_and_the_same_one_again_is_not()
    {
        await using ISessionStore store = Open();
        long epoch = await store.BeginLifeAsync(Node("a"), Cancel);
        await Write(store, epoch, Row(First, 5));
        Assert.Equal([First], await Write(store, epoch, Row(First, 4, isFirst: false)));
        Assert.Equal([First], await Write(store, epoch, Row(First, 4)));
        Assert.Empty(await Write(store, epoch, Row(First, 5, isFirst: false)));
        Assert.Empty(await Write(store, epoch, Row(First, 5)));
    }

    [Fact]
    public async Task One_that_begins_anew_in_the_batch_that_forgets_its_former_self_is_there_afterwards()
    {
        await using ISessionStore store = Open();
        long epoch = await store.BeginLifeAsync(Node("a"), Cancel);
        await Write(store, epoch, Row(First, 7));
        Assert.Empty(await store.WriteAsync(epoch, new StoreBatch([Row(First, 1, text: "anew")], [First]), Cancel));
        Assert.Equal(1, Assert.Single(await store.ClaimAsync(epoch, [1], [], Cancel)).Revision);
    }

    [Fact]
    public async Task A_claim_leaves_alone_what_lives_here_and_takes_again_what_does_not()
    {
        await using ISessionStore store = Open();
        long epoch = await store.BeginLifeAsync(Node("a"), Cancel);
        await Write(store, epoch, Row(Second, 1), Row(Third, 1));
        ClaimedSession claimed = Assert.Single(await store.ClaimAsync(epoch, [2], [Second], Cancel));
        Assert.Equal((Third, 1), (claimed.Session, claimed.Incarnation));
        // The answer to that was lost.
        claimed = Assert.Single(await store.ClaimAsync(epoch, [2], [Second], Cancel));
        Assert.Equal((Third, 2), (claimed.Session, claimed.Incarnation));
        // Writing goes on, and does not lower an incarnation.
        Assert.Empty(await Write(store, epoch, Row(Third, 2, isFirst: false), Row(Second, 2, isFirst: false)));
        Assert.Equal(3, Assert.Single(await store.ClaimAsync(epoch, [2], [Second], Cancel)).Incarnation);
    }

    [Fact]
    public async Task Two_that_claim_at_once_do_not_both_get_a_row()
    {
        await using ISessionStore store = Open(), other = Open();
        long former = await store.BeginLifeAsync(Node("a"), Cancel);
        SessionRow[] rows = [.. Enumerable.Range(1, 200).Select(i => Row(new SessionId(0x02_0000_0000_0000 + (ulong)i), 1))];
        await Write(store, former, rows);
        long b = await store.BeginLifeAsync(Node("b"), Cancel), c = await store.BeginLifeAsync(Node("c"), Cancel);
        if (IsForOneNode)
        {
            // There is none beside the newest.
            await Assert.ThrowsAsync<LifeOverException>(() => store.ClaimAsync(b, [2], [], Cancel));
            return;
        }

        IReadOnlyList<ClaimedSession>[] both = await Task.WhenAll(store.ClaimAsync(b, [2], [], Cancel), other.ClaimAsync(c, [2], [], Cancel));
        // Who came last has them all, each with an incarnation of its own; the other is fenced with its first write.
        Assert.All(both.SelectMany(rows => rows).GroupBy(row => row.Session), group => Assert.Equal(group.Count(), group.Select(row => row.Incarnation).Distinct().Count()));
        IReadOnlyCollection<SessionId> fencedB = await Write(store, b, [.. rows.Select(row => row with { Revision = 2, IsFirst = false })]);
        IReadOnlyCollection<SessionId> fencedC = await Write(store, c, [.. rows.Select(row => row with { Revision = 3, IsFirst = false })]);
        Assert.Equal(rows.Length, fencedB.Count + fencedC.Count);
    }

    [Fact]
    public async Task Nobody_is_given_a_number_that_another_was_given_or_has_used_and_all_goes_with_the_session()
    {
        const uint Count = 1000, Spi = 0xc0000001;
        await using ISessionStore store = Open();
        long epoch = await store.BeginLifeAsync(Node("a"), Cancel);
        await Write(store, epoch, Row(First, 1));
        ChildKey[] children = [new(First, Spi), new(First, Spi + 1), new(Second, Spi)];

        await store.SampleAsync([new ReplaySample(First, Spi, 10, 20), new ReplaySample(Second, Spi, 1, 1)], Cancel);
        Assert.Equal([new(First, Spi, 10, 1020), new ReplaySample(First, Spi + 1, 0, 1000)], (await store.ReserveAsync(children, Count, Cancel)).OrderBy(one => one.InboundSpi));
        // Who had it before noted late where it stands.
        await store.SampleAsync([new ReplaySample(First, Spi, 11, 21), new ReplaySample(First, Spi + 1, 5, 1L << 40)], Cancel);
        Assert.Equal([new(First, Spi, 11, 2020), new ReplaySample(First, Spi + 1, 5, (1L << 40) + 1000)], (await store.ReserveAsync(children, Count, Cancel)).OrderBy(one => one.InboundSpi));

        await store.WriteAsync(epoch, new StoreBatch([], [First]), Cancel);
        Assert.Empty(await store.ReserveAsync(children, Count, Cancel));
        await Write(store, epoch, Row(First, 1));
        Assert.Equal([new ReplaySample(First, Spi, 0, 1000)], await store.ReserveAsync([new ChildKey(First, Spi)], Count, Cancel));
    }

    [Fact]
    public async Task Of_two_that_ask_at_once_each_is_given_numbers_of_its_own()
    {
        await using ISessionStore a = Open(), b = Open();
        await Write(a, await a.BeginLifeAsync(Node("a"), Cancel), Row(First, 1));
        await b.BeginLifeAsync(Node("b"), Cancel);
        ChildKey[] child = [new(First, 0xc0000001)];
        IReadOnlyList<ReplaySample>[] both = await Task.WhenAll(a.ReserveAsync(child, 1000, Cancel), b.ReserveAsync(child, 1000, Cancel));
        Assert.Equal([1000UL, 2000UL], both.Select(one => Assert.Single(one).Sent).Order());
    }

    [Fact]
    public async Task Tables_of_an_older_program_are_carried_on()
    {
        await MakeOldAsync();
        await using ISessionStore store = Open();
        long epoch = await store.BeginLifeAsync(Node("a"), Cancel);
        Assert.Equal(8, epoch);
        ClaimedSession row = Assert.Single(await store.ClaimAsync(epoch, [1], [], Cancel));
        Assert.Equal((First, 3L, 3), (row.Session, row.Revision, row.Incarnation));
        Assert.Equal([1, 2, 3], row.Body.Octets);
        await store.SampleAsync([new ReplaySample(First, 1, 1, 1)], Cancel);
    }

    [Fact]
    public async Task Tables_of_a_newer_program_are_not_touched()
    {
        await MakeNewerAsync();
        await using ISessionStore store = Open();
        StoreException refused = await Assert.ThrowsAnyAsync<StoreException>(() => store.BeginLifeAsync(Node("a"), Cancel));
        Assert.Contains("newer program", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_living_nodes_of_one_name_or_address_are_told()
    {
        await using ISessionStore store = Open(), other = Open();
        long epoch = await store.BeginLifeAsync(Node("a"), Cancel);
        using CancellationTokenSource over = new();
        Task beating = BeatAsync(store, epoch, over.Token);
        StoreException sameName = await Assert.ThrowsAsync<StoreConflictException>(() => other.BeginLifeAsync(new NodeIdentity("a", "host-z:1"), Cancel));
        Assert.Contains("'a' at host-z:1", sameName.Message, StringComparison.Ordinal);
        Assert.Contains("'a' at host-a:1 lives, and has the same name", sameName.Message, StringComparison.Ordinal);
        StoreException sameAddress = await Assert.ThrowsAsync<StoreConflictException>(() => other.BeginLifeAsync(new NodeIdentity("z", "host-a:1"), Cancel));
        Assert.Contains("has the same address", sameAddress.Message, StringComparison.Ordinal);
        if (IsForOneNode) await Assert.ThrowsAsync<StoreConflictException>(() => other.BeginLifeAsync(Node("z"), Cancel));
        else Assert.True(await other.BeginLifeAsync(Node("z"), Cancel) > epoch);
        await over.CancelAsync();
        await beating;
        // Its heart has stopped.
        Assert.True(await other.BeginLifeAsync(Node("a"), Cancel) > epoch);
    }

    [Fact]
    public async Task A_life_that_the_database_does_not_know_is_told()
    {
        await using ISessionStore store = Open();
        long epoch = await store.BeginLifeAsync(Node("a"), Cancel);
        Assert.Equal(LifeState.Known, await store.BeatAsync(epoch, Member, Cancel));
        await LoseEverythingAsync();
        Assert.Equal(LifeState.Forgotten, await store.BeatAsync(epoch, Member, Cancel));
        await Assert.ThrowsAsync<LifeOverException>(() => store.ClaimAsync(epoch, [1], [], Cancel));
    }

    // It stood still with a claim in its hands, and another has what it would claim.
    [Fact]
    public async Task A_life_that_was_given_up_claims_nothing_any_more_and_the_next_of_its_name_does()
    {
        await using ISessionStore store = Open();
        long zombie = await store.BeginLifeAsync(Node("a"), Cancel);
        await store.BeatAsync(zombie, Member, Cancel);
        await Write(store, zombie, Row(First, 1));
        await store.GiveUpAsync([Member + 1], Cancel);
        Assert.Equal(LifeState.Known, await store.BeatAsync(zombie, Member, Cancel));

        await store.GiveUpAsync([Member, Member + 1], Cancel);
        long successor = await store.BeginLifeAsync(Node("b"), Cancel);
        Assert.Single(await store.ClaimAsync(successor, [1], [], Cancel));
        if (!IsForOneNode)
        {
            Assert.Equal(LifeState.GivenUp, await store.BeatAsync(zombie, Member, Cancel));
            await Assert.ThrowsAsync<LifeOverException>(() => store.ClaimAsync(zombie, [1], [], Cancel));
        }

        Assert.Empty(await Write(store, successor, Row(First, 2, isFirst: false)));
        long again = await store.BeginLifeAsync(Node("a"), Cancel);
        Assert.Equal(LifeState.Known, await store.BeatAsync(again, Member + 2, Cancel));
        Assert.Single(await store.ClaimAsync(again, [1], [], Cancel));
    }

    [Fact]
    public async Task What_is_known_of_a_child_goes_when_its_owner_writes_that_it_is_over()
    {
        const uint Old = 0xc0000001, New = 0xc0000002;
        await using ISessionStore store = Open();
        long zombie = await store.BeginLifeAsync(Node("a"), Cancel);
        await Write(store, zombie, Row(First, 1), Row(Second, 1));
        await store.SampleAsync([new(First, Old, 1, 10), new(First, New, 2, 20), new(Second, Old, 3, 30)], Cancel);
        long owner = await store.BeginLifeAsync(Node("b"), Cancel);
        await store.ClaimAsync(owner, [1], [], Cancel);

        await Write(store, zombie, Row(First, 5, isFirst: false) with { Gone = [Old, New] });
        await Write(store, owner, Row(First, 2, isFirst: false) with { Gone = [Old] });
        IReadOnlyList<ReplaySample> left = await store.ReserveAsync([new(First, Old), new(First, New), new(Second, Old)], 100, Cancel);
        Assert.Equal([(First, Old, 100UL), (First, New, 120UL), (Second, Old, 130UL)], left.OrderBy(one => one.Sent).Select(one => (one.Session, one.InboundSpi, one.Sent)));
    }

    /// <summary>What the cluster calls this life.</summary>
    private protected const int Member = 4711;

    private protected static TimeSpan Watch { get; } = TimeSpan.FromMilliseconds(500);

    private protected static NodeIdentity Node(string name) => new(name, $"host-{name}:1");

    private protected static SessionRow Row(SessionId session, long revision, bool isFirst = true, string text = "state") =>
        new(session, revision, isFirst, 0, new SealedBody("key", 1, System.Text.Encoding.UTF8.GetBytes(text)));

    private protected static Task<IReadOnlyCollection<SessionId>> Write(ISessionStore store, long epoch, params SessionRow[] rows) =>
        store.WriteAsync(epoch, new StoreBatch(rows, []), Cancel);

    private protected static async Task BeatAsync(ISessionStore store, long epoch, CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            await store.BeatAsync(epoch, Member, CancellationToken.None);
            await Task.Delay(100, over).ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }

    /// <summary>Version 1 of the tables, word for word as it was; kept apart from the steps so that no change of those goes unseen.</summary>
    private protected const string VersionOne = """
        create table schema_version (version int not null);
        insert into schema_version (version) values (1);
        create table life (last_epoch bigint not null);
        insert into life (last_epoch) values (7);
        create table node (epoch bigint primary key, name text not null, address text not null, place text not null, process text not null, beats bigint not null, seen bigint not null);
        create table ike_sa (session_id bigint primary key, shard smallint not null, revision bigint not null, epoch bigint not null, incarnation int not null,
            key_id text not null, version smallint not null, body bytea not null);
        create index ike_sa_shard on ike_sa (shard);
        """;
}
