using Concentrator.Actors.Store;
using Concentrator.Hosting;

namespace Concentrator.Tests.Hosting;

public sealed class StoreSettingsTests
{
    [Fact]
    public void Without_a_key_nothing_is_stored()
    {
        Assert.Null(Parse(null, null, null));
        Assert.Null(Parse("none", "keys", null));
        Assert.Null(Parse("none", null, null));
    }

    [Fact]
    public void With_a_key_alone_it_is_a_file_in_the_state_folder() =>
        Assert.EndsWith("/sessions.db", Parse(null, "keys", null)!.Sqlite, StringComparison.Ordinal);

    [Fact]
    public void Places_are_told_by_their_first_word()
    {
        Assert.Equal(new StoreOptions { Sqlite = "/tmp/a.db", KeyFile = "keys" }, Parse("sqlite:/tmp/a.db", "keys", null));
        Assert.Equal(new StoreOptions { Postgres = "Host=db;Database=c", KeyText = "a 00" }, Parse("postgres:Host=db;Database=c", null, "a 00"));
    }

    [Theory]
    [InlineData("sqlite:", "keys", null)]
    [InlineData("mysql:Password=hunter2", "keys", null)]
    [InlineData("sqlite:/tmp/a.db", null, null)]
    [InlineData("sqlite:/tmp/a.db", "keys", "a 00")]
    public void Faults_are_told_without_secrets(string store, string? keyFile, string? keyText)
    {
        List<string> errors = [];
        StoreSettings.Parse(store, keyFile, keyText, errors);
        Assert.DoesNotContain("hunter2", Assert.Single(errors), StringComparison.Ordinal);
    }

    private static StoreOptions? Parse(string? store, string? keyFile, string? keyText)
    {
        List<string> errors = [];
        StoreOptions? options = StoreSettings.Parse(store, keyFile, keyText, errors);
        Assert.Empty(errors);
        return options;
    }
}
