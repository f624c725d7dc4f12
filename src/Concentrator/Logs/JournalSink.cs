using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Concentrator.Logs;

/// <summary>
/// systemd's journal, in its own protocol: a datagram an entry. Fields that people filter by have short names (SUBSYSTEM, IKE_SA, CHILD_SA, PEER), the other values
/// of a message begin with CONCENTRATOR_. Its prefix of the standard output would have carried the priority alone.
/// </summary>
internal sealed class JournalSink : ILogSink
{
    public const string DefaultSocket = "/run/systemd/journal/socket";

    /// <summary>Octets of a datagram, by the kernel's default bound on sockets; what is longer loses its exception.</summary>
    private const int LongestEntry = 128 * 1024;

    private readonly Socket _socket;
    private readonly UnixDomainSocketEndPoint _journal;
    private readonly ArrayBufferWriter<byte> _entry = new(1024);

    /// <exception cref="IOException">There is no journal here; the message says so.</exception>
    public JournalSink(string path = DefaultSocket)
    {
        if (!File.Exists(path)) throw new IOException($"there is no systemd journal at {path}");
        _journal = new UnixDomainSocketEndPoint(path);
        _socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { SendBufferSize = 4 * LongestEntry };
    }

    public bool WantsFields => true;

    public void Write(LogEntry entry)
    {
        _entry.ResetWrittenCount();
        Put("MESSAGE", entry.Text);
        Put("PRIORITY", PriorityOf(entry.Severity));
        Put("SYSLOG_IDENTIFIER", "concentrator");
        Put("SUBSYSTEM", entry.Tag);
        Put("LEVEL", (entry.IsAudit ? 0 : LogScale.LevelOf(entry.Severity)).ToString(CultureInfo.InvariantCulture));
        PutIf("EVENT", entry.Event.Name);
        PutIf("IKE_SA", entry.IkeSa);
        PutIf("CHILD_SA", entry.Child);
        PutIf("PEER", entry.Peer);
        foreach ((string field, string value) in entry.OtherFields) Put("CONCENTRATOR_" + FieldName.Snake(field).ToUpperInvariant(), value);
        int withoutException = _entry.WrittenCount;
        PutIf("EXCEPTION", entry.Exception?.ToString());
        ReadOnlySpan<byte> octets = _entry.WrittenSpan;
        _socket.SendTo(octets.Length <= LongestEntry ? octets : octets[..Math.Min(withoutException, LongestEntry)], SocketFlags.None, _journal);
    }

    public void Flush()
    {
    }

    public void Dispose() => _socket.Dispose();

    private void PutIf(string name, string? value)
    {
        if (value is not null) Put(name, value);
    }

    /// <summary>NAME=value and a line's end; a value of several lines has its length in front, 64 bits little endian.</summary>
    private void Put(string name, string value)
    {
        Write(name);
        if (value.Contains('\n', StringComparison.Ordinal))
        {
            Write("\n");
            BinaryPrimitives.WriteInt64LittleEndian(_entry.GetSpan(8), Encoding.UTF8.GetByteCount(value));
            _entry.Advance(8);
        }
        else
        {
            Write("=");
        }

        Write(value);
        Write("\n");
    }

    private void Write(string text) => Encoding.UTF8.GetBytes(text, _entry);

    private static string PriorityOf(LogLevel severity) => severity switch
    {
        LogLevel.Critical => "2",
        LogLevel.Error => "3",
        LogLevel.Warning => "4",
        LogLevel.Information => "6",
        _ => "7",
    };
}
