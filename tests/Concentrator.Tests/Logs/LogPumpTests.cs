using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Concentrator.Actors.Node;
using Concentrator.Logs;
using Microsoft.Extensions.Logging;

namespace Concentrator.Tests.Logs;

/// <summary>From an entry to what is written: nobody waits, nothing of the audit is lost, fields are what they were.</summary>
public sealed class LogPumpTests
{
    private static readonly LogSubject Subject = new(new IkeSaName(default, "sun", 2), new ChildSaName("net", 7), new IPEndPoint(IPAddress.Parse("192.0.2.2"), 4500));

    [Fact]
    public void A_sink_that_hangs_stops_nobody_and_costs_entries_but_none_of_the_audit()
    {
        using BlockedSink sink = new(), audit = new();
        audit.Open.Set();
        LogPump pump = new(new LogLevels(), TimeProvider.System, sink, audit);
        ILogger log = pump.CreateLogger("IKE");
        for (int i = 0; i < 70_000; i++) Say(log, i);
        ILogger auditLog = pump.CreateLogger("AUD");
        for (int i = 0; i < 100; i++) Say(auditLog, i);
        sink.Open.Set();
        pump.Dispose();
        Assert.InRange(sink.Written.Count(e => e.Tag == "IKE"), 60_000, 69_999);
        Assert.Contains(sink.Written, e => e.Tag == "SYS" && e.Text.Contains("lines of this log were lost", StringComparison.Ordinal));
        Assert.Equal(100, audit.Written.Count);
    }

    [Fact]
    public void A_sink_that_fails_is_tried_again()
    {
        using BlockedSink sink = new() { Fails = true };
        sink.Open.Set();
        LogPump pump = new(new LogLevels(), TimeProvider.System, sink);
        Say(pump.CreateLogger("IKE"), 1);
        Say(pump.CreateLogger("IKE"), 2);
        pump.Dispose();
        Assert.Equal(2, sink.Tries);
    }

    [Fact]
    public void Levels_change_while_it_runs()
    {
        LogLevels levels = new();
        using BlockedSink sink = new();
        sink.Open.Set();
        LogPump pump = new(levels, TimeProvider.System, sink);
        ILogger log = pump.CreateLogger("KNL");
        Assert.False(log.IsEnabled(LogLevel.Debug));
        Assert.True(levels.TryChange("knl=2", out _));
        Assert.True(log.IsEnabled(LogLevel.Debug));
        pump.Dispose();
    }

    [Fact]
    public void JSON_has_one_object_a_line_with_what_the_entry_is_about()
    {
        using MemoryStream output = new();
        using JsonSink sink = new(output);
        sink.Write(Entry("two\nlines and \"quotes\""));
        sink.Write(Entry("next") with { Subject = null });
        string[] lines = Encoding.UTF8.GetString(output.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        JsonElement first = JsonDocument.Parse(lines[0]).RootElement;
        Assert.Equal(
            ("KNL", 0, "warning", "sas_refused", "two\nlines and \"quotes\"", "sun[2]", "net{7}", "192.0.2.2:4500", "c01e421a"),
            (Text(first, "subsystem"), first.GetProperty("level").GetInt32(), Text(first, "severity"), Text(first, "event"), Text(first, "message"), Text(first, "ike_sa"), Text(first, "child_sa"),
                Text(first, "peer"), Text(first.GetProperty("fields"), "inbound_spi")));
        Assert.False(JsonDocument.Parse(lines[1]).RootElement.TryGetProperty("ike_sa", out _));
    }

    [Fact]
    public void The_journal_gets_fields_and_lines_within_values_do_not_make_new_ones()
    {
        string folder = Directory.CreateTempSubdirectory("concentrator-journal-").FullName;
        try
        {
            using Socket journal = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            journal.Bind(new UnixDomainSocketEndPoint(Path.Combine(folder, "socket")));
            using JournalSink sink = new(Path.Combine(folder, "socket"));
            sink.Write(Entry("one\nPRIORITY=0"));
            byte[] datagram = new byte[4096];
            string told = Encoding.Latin1.GetString(datagram, 0, journal.Receive(datagram));
            Assert.StartsWith("MESSAGE\n\x0e\0\0\0\0\0\0\0one\nPRIORITY=0\nPRIORITY=4\n", told, StringComparison.Ordinal);
            foreach (string field in new[] { "SUBSYSTEM=KNL", "IKE_SA=sun[2]", "CHILD_SA=net{7}", "PEER=192.0.2.2:4500", "EVENT=SasRefused", "CONCENTRATOR_INBOUND_SPI=c01e421a" })
                Assert.Contains($"\n{field}\n", told, StringComparison.Ordinal);
            sink.Write(Entry("short") with { Exception = new InvalidOperationException(new string('x', 300_000)) });
            Assert.InRange(journal.Receive(datagram), 1, 1000);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Without_a_journal_there_is_no_journal_log() => Assert.Throws<IOException>(() => new JournalSink("/nonexistent/socket"));

    [Fact]
    public void The_audit_goes_into_no_file_that_others_may_read()
    {
        string folder = Directory.CreateTempSubdirectory("concentrator-audit-").FullName;
        try
        {
            string path = Path.Combine(folder, "audit");
            using (AuditFileSink fresh = new(path)) fresh.Write(Entry("first"));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
            using (AuditFileSink again = new(path)) again.Write(Entry("second"));
            Assert.Equal(2, File.ReadAllLines(path).Length);
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.GroupRead);
            Assert.Contains("may be read by others", Assert.Throws<IOException>(() => new AuditFileSink(path)).Message, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string? Text(JsonElement of, string name) => of.GetProperty(name).GetString();

    private static LogEntry Entry(string text) => new(
        new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero), "KNL", LogLevel.Warning, new EventId(1, "SasRefused"), text, [new("InboundSpi", "c01e421a")], Subject, null);

    private static void Say(ILogger log, int number) => log.Log(LogLevel.Information, 1, number, null, (n, _) => $"line {n}");

    private sealed class BlockedSink : ILogSink
    {
        public ManualResetEventSlim Open { get; } = new();

        public ConcurrentQueue<LogEntry> Written { get; } = new();

        public bool Fails { get; init; }

        public int Tries { get; private set; }

        public bool WantsFields => true;

        public void Write(LogEntry entry)
        {
            Open.Wait();
            Tries++;
            if (Fails) throw new IOException("no");
            Written.Enqueue(entry);
        }

        public void Flush()
        {
        }

        public void Dispose() => Open.Set();
    }
}
