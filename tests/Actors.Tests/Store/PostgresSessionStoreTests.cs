using Concentrator.Actors.Routing;
using Concentrator.Actors.Store;
using Npgsql;

namespace Concentrator.Actors.Tests.Store;

public sealed class PostgresSessionStoreTests(PostgresServer server) : SessionStoreContract, IClassFixture<PostgresServer>
{
    private readonly string _database = server.CreateDatabase();

    [Fact]
    public async Task A_server_that_dies_is_told_and_one_that_comes_back_is_used_again()
    {
        await using ISessionStore store = Open();
        long epoch = await store.BeginLifeAsync(Node("a"), Cancel);
        await Write(store, epoch, Row(new SessionId(0x01_0000_0000_0001), 1));
        server.Stop();
        try
        {
            StoreException lost = await Assert.ThrowsAnyAsync<StoreException>(() => Write(store, epoch, Row(new SessionId(0x01_0000_0000_0001), 2, isFirst: false)));
            Assert.StartsWith("PostgreSQL at ", lost.Message, StringComparison.Ordinal);
        }
        finally
        {
            server.Start();
        }

        Assert.Equal(LifeState.Known, await store.BeatAsync(epoch, Member, Cancel));
        Assert.Empty(await Write(store, epoch, Row(new SessionId(0x01_0000_0000_0001), 2, isFirst: false)));
    }

    [Fact]
    public async Task Nodes_that_start_at_once_make_the_tables_once()
    {
        ISessionStore[] stores = [.. Enumerable.Range(0, 5).Select(_ => Open())];
        long[] epochs = await Task.WhenAll(stores.Select((store, i) => store.BeginLifeAsync(Node($"n{i}"), Cancel)));
        Assert.Equal([1, 2, 3, 4, 5], epochs.Order());
        foreach (ISessionStore store in stores) await store.DisposeAsync();
    }

    [Fact]
    public async Task One_that_could_not_go_on_with_what_a_living_node_stores_is_refused_and_changes_nothing()
    {
        await using ISessionStore store = Open(), other = Open();
        long epoch = await store.BeginLifeAsync(Node("a") with { Keys = ["old", "new"] }, Cancel);
        await Write(store, epoch, Row(new SessionId(0x01_0000_0000_0001), 1));
        using CancellationTokenSource over = new();
        Task beating = BeatAsync(store, epoch, over.Token);
        StoreException unreadable = await Assert.ThrowsAsync<StoreConflictException>(() => other.BeginLifeAsync(Node("b") with { Keys = ["old"] }, Cancel));
        Assert.Contains("node 'a' at host-a:1 lives, and has other keys (only one of the two has new)", unreadable.Message, StringComparison.Ordinal);
        StoreException unknown = await Assert.ThrowsAsync<StoreConflictException>(() => other.BeginLifeAsync(Node("b") with { Keys = ["old", "new", "newest"] }, Cancel));
        Assert.Contains("has newest", unknown.Message, StringComparison.Ordinal);
        Assert.Empty(await Write(store, epoch, Row(new SessionId(0x01_0000_0000_0001), 2, isFirst: false)));
        // As a key is replaced: first it is read everywhere, then it writes.
        Assert.True(await other.BeginLifeAsync(Node("b") with { Keys = ["newest", "new"] }, Cancel) > epoch);
        await over.CancelAsync();
        await beating;
    }

    [Fact]
    public async Task What_may_pass_is_told_apart_from_what_will_not()
    {
        await using PostgresSessionStore nowhere = new("Host=/nonexistent;Database=x;Username=x");
        await Assert.ThrowsAsync<StoreUnreachableException>(() => nowhere.BeginLifeAsync(Node("a"), Cancel));
        await using PostgresSessionStore unknown = new(new NpgsqlConnectionStringBuilder(_database) { Database = "none" }.ToString());
        Assert.Equal(typeof(StoreException), (await Assert.ThrowsAnyAsync<StoreException>(() => unknown.BeginLifeAsync(Node("a"), Cancel))).GetType());
    }

    [Fact]
    public void A_connection_string_that_is_none_is_told_without_its_secrets()
    {
        StoreException refused = Assert.Throws<StoreException>(() => new PostgresSessionStore("Host=db;Pasword=hunter2"));
        Assert.DoesNotContain("hunter2", refused.Message, StringComparison.Ordinal);
    }

    private protected override ISessionStore Open() => new PostgresSessionStore(_database, Watch);

    private protected override Task LoseEverythingAsync() => ExecuteAsync("delete from node; delete from ike_sa; delete from esp_replay");

    private protected override Task MakeOldAsync() =>
        ExecuteAsync(VersionOne + "insert into ike_sa values (281474976710657, 1, 3, 7, 2, 'key', 1, '\\x010203')");

    private protected override Task MakeNewerAsync() => ExecuteAsync("create table schema_version (version int not null); insert into schema_version values (999)");

    private async Task ExecuteAsync(string text)
    {
        await using NpgsqlConnection connection = new(_database);
        await connection.OpenAsync(Cancel);
        await using NpgsqlCommand command = new(text, connection);
        await command.ExecuteNonQueryAsync(Cancel);
    }
}
