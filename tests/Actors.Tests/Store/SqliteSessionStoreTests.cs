using Concentrator.Actors.Routing;
using Concentrator.Actors.Store;
using Microsoft.Data.Sqlite;

namespace Concentrator.Actors.Tests.Store;

public class SqliteSessionStoreTests : SessionStoreContract, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("concentrator-store-").FullName;

    private protected string File => Path.Combine(_folder, "sessions.db");

    private protected override bool IsForOneNode => true;

    public void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Others_cannot_read_the_file()
    {
        await using ISessionStore store = Open();
        await store.BeginLifeAsync(Node("a"), Cancel);
        foreach (string file in Directory.GetFiles(_folder))
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(file));
    }

    [Fact]
    public async Task A_file_that_was_cut_is_told_and_left_as_it_is()
    {
        await FillAsync();
        long whole = new FileInfo(File).Length;
        using (FileStream file = System.IO.File.OpenWrite(File)) file.SetLength(whole / 2 / 4096 * 4096 + 100);
        byte[] before = await System.IO.File.ReadAllBytesAsync(File, Cancel);

        await using ISessionStore store = Open();
        StoreException refused = await Assert.ThrowsAnyAsync<StoreException>(() => store.BeginLifeAsync(Node("a"), Cancel));
        Assert.Contains(File, refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, await System.IO.File.ReadAllBytesAsync(File, Cancel));
    }

    [Fact]
    public async Task A_file_that_is_none_is_told()
    {
        await System.IO.File.WriteAllTextAsync(File, new string('x', 10_000), Cancel);
        await using ISessionStore store = Open();
        StoreException refused = await Assert.ThrowsAnyAsync<StoreException>(() => store.BeginLifeAsync(Node("a"), Cancel));
        Assert.Contains("not a database", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_transaction_that_was_cut_short_leaves_what_was_committed_before()
    {
        await using (ISessionStore store = Open())
        {
            long epoch = await store.BeginLifeAsync(Node("a"), Cancel);
            await Write(store, epoch, Row(new SessionId(0x01_0000_0000_0001), 1));
            await Write(store, epoch, [.. Enumerable.Range(2, 500).Select(i => Row(new SessionId(0x01_0000_0000_0000 + (ulong)i), 1))]);
            // The power fails: what the log holds of the last transaction is cut.
            foreach (string file in (string[])["sessions.db", "sessions.db-wal"]) System.IO.File.Copy(Path.Combine(_folder, file), Path.Combine(_folder, "torn" + file));
        }

        string torn = Path.Combine(_folder, "tornsessions.db-wal");
        using (FileStream log = System.IO.File.OpenWrite(torn)) log.SetLength(log.Length - 5000);
        await using SqliteSessionStore again = new(Path.Combine(_folder, "tornsessions.db"));
        long next = await again.BeginLifeAsync(Node("b"), Cancel);
        Assert.Equal(0x01_0000_0000_0001UL, Assert.Single(await again.ClaimAsync(next, [1], [], Cancel)).Session.Value);
    }

    private protected override ISessionStore Open() => new SqliteSessionStore(File, watch: Watch);

    private protected override Task LoseEverythingAsync() => ExecuteAsync("delete from node; delete from ike_sa; delete from esp_replay");

    private protected override Task MakeOldAsync() =>
        ExecuteAsync(VersionOne + "insert into ike_sa values (281474976710657, 1, 3, 7, 2, 'key', 1, x'010203')");

    private protected override Task MakeNewerAsync() => ExecuteAsync("create table schema_version (version int not null); insert into schema_version values (999)");

    private async Task FillAsync()
    {
        await using ISessionStore store = Open();
        long epoch = await store.BeginLifeAsync(Node("a"), Cancel);
        await Write(store, epoch, [.. Enumerable.Range(1, 500).Select(i => Row(new SessionId(0x01_0000_0000_0000 + (ulong)i), 1))]);
    }

    private async Task ExecuteAsync(string text)
    {
        await using SqliteConnection connection = new($"Data Source={File};Pooling=false");
        connection.Open();
        await using SqliteCommand command = connection.CreateCommand();
        command.CommandText = text;
        await command.ExecuteNonQueryAsync(Cancel);
    }
}

/// <summary>The same of a file that the nodes of one host share.</summary>
public sealed class SharedSqliteSessionStoreTests : SqliteSessionStoreTests
{
    private protected override bool IsForOneNode => false;

    private protected override ISessionStore Open() => new SqliteSessionStore(File, isShared: true, Watch);
}
