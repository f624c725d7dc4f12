using System.Diagnostics;
using Npgsql;

namespace Concentrator.Actors.Tests.Store;

/// <summary>
/// A PostgreSQL of the tests' own, of Debian's package: in a temporary folder, on a unix socket alone, as an unprivileged user where the tests run as root. Each
/// test takes a database of its own from it.
/// </summary>
public sealed class PostgresServer : IDisposable
{
    private const string Binaries = "/usr/lib/postgresql/15/bin";
    private const string Unprivileged = "postgres";

    private readonly string _folder = Path.Combine("/tmp", "concentrator-pg-" + Path.GetRandomFileName());
    private int _databases;

    public PostgresServer()
    {
        Directory.CreateDirectory(_folder);
        if (Environment.IsPrivilegedProcess) Run("chown", Unprivileged, _folder);
        RunAsOwner($"{Binaries}/initdb", "-D", Data, "-A", "trust", "-U", "postgres", "--no-sync");
        Start();
    }

    private string Data => Path.Combine(_folder, "data");

    public string CreateDatabase()
    {
        string name = $"test{Interlocked.Increment(ref _databases)}";
        using NpgsqlConnection connection = new(ConnectionString("postgres") + ";Pooling=false");
        connection.Open();
#pragma warning disable CA2100
        using NpgsqlCommand create = new($"create database {name}", connection);
#pragma warning restore CA2100
        create.ExecuteNonQuery();
        return ConnectionString(name);
    }

    public void Start() => RunAsOwner($"{Binaries}/pg_ctl", "-D", Data, "-w", "-l", Path.Combine(_folder, "log"), "-o", $"-c listen_addresses='' -k {_folder} -c fsync=off", "start");

    /// <summary>At once, with connections open: as it is for its users when it dies.</summary>
    public void Stop() => RunAsOwner($"{Binaries}/pg_ctl", "-D", Data, "-w", "-m", "immediate", "stop");

    public void Dispose()
    {
        NpgsqlConnection.ClearAllPools();
        try
        {
            Stop();
        }
        finally
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private string ConnectionString(string database) => $"Host={_folder};Database={database};Username=postgres;Timeout=3;Command Timeout=3";

    private static void RunAsOwner(string program, params string[] arguments)
    {
        if (Environment.IsPrivilegedProcess) Run("runuser", ["-u", Unprivileged, "--", program, .. arguments]);
        else Run(program, arguments);
    }

    private static void Run(string program, params string[] arguments)
    {
        // The server inherits its output: a pipe would not end with pg_ctl.
        ProcessStartInfo start = new("/bin/sh") { WorkingDirectory = "/tmp", ArgumentList = { "-c", "exec \"$@\" >/dev/null 2>&1 </dev/null", "sh", program } };
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        using Process process = Process.Start(start)!;
        if (!process.WaitForExit(TimeSpan.FromSeconds(60))) throw new TimeoutException($"{program} does not end.");
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} failed with {process.ExitCode}.");
    }
}
