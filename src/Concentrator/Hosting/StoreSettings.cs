using Concentrator.Actors.Store;

namespace Concentrator.Hosting;

/// <summary>Where sessions are stored, as people write it: <c>none</c>, <c>sqlite:PATH</c>, <c>postgres:CONNECTIONSTRING</c>.</summary>
internal static class StoreSettings
{
    private const string Sqlite = "sqlite:";
    private const string Postgres = "postgres:";
    private const string FileName = "sessions.db";

    /// <summary>Null: they are not. Every fault adds one line to <paramref name="errors"/>.</summary>
    /// <param name="store">Null where it is not said: a file in the state folder if there is a key.</param>
    /// <param name="keyFile">A file of keys.</param>
    /// <param name="keyText">The keys themselves.</param>
    /// <param name="errors">One line a fault.</param>
    public static StoreOptions? Parse(string? store, string? keyFile, string? keyText, List<string> errors)
    {
        bool hasKey = (keyFile ?? keyText) is not null;
        if (keyFile is not null && keyText is not null) errors.Add("store key: give the file or the keys themselves, not both");
        if (store is null ? !hasKey : store == "none") return null;
        if (!hasKey) errors.Add("store: stored sessions are encrypted, give --store-key FILE as well");
        StoreOptions options = new() { KeyFile = keyFile, KeyText = keyText };
        if (store is null) return options with { Sqlite = Path.Combine(StateFolder(), FileName) };
        if (store.StartsWith(Sqlite, StringComparison.Ordinal) && store.Length > Sqlite.Length) return options with { Sqlite = store[Sqlite.Length..] };
        if (store.StartsWith(Postgres, StringComparison.Ordinal) && store.Length > Postgres.Length) return options with { Postgres = store[Postgres.Length..] };
        // What was written may hold a password.
        errors.Add("store: it is none of none, sqlite:PATH and postgres:CONNECTIONSTRING");
        return null;
    }

    /// <summary>What systemd gives, else where such things lie.</summary>
    private static string StateFolder() => Environment.GetEnvironmentVariable("STATE_DIRECTORY")?.Split(':')[0] is { Length: > 0 } folder ? folder : "/var/lib/concentrator";
}
