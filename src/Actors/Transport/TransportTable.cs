using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Concentrator.Actors.Node;
using Concentrator.Ike.Session;

namespace Concentrator.Actors.Transport;

/// <summary>One socket that the node listens on.</summary>
internal sealed record TransportEntry(IPEndPoint Endpoint, bool IsNatPort, IActorRef Socket);

/// <summary>Send <see cref="Message"/> from <see cref="Path"/>'s local end to its remote one, behind the marker where the path has it.</summary>
internal sealed record SendMessage(ReadOnlyMemory<byte> Message, IkePath Path) : INoSerializationVerificationNeeded;

/// <summary>Send a NAT keepalive along this path.</summary>
internal sealed record SendKeepalive(IkePath Path) : INoSerializationVerificationNeeded;

/// <summary>Which socket actor sends from which address and port. Filled when the sockets are bound, and again when one comes or goes with a service address; safe from any thread.</summary>
internal sealed class TransportTable(NodeLog log, TimeProvider time)
{
    private readonly RepetitionBrake _missing = new(time);
    private TransportEntry[] _entries = [];

    public TransportCounters Counters { get; } = new();

    public IReadOnlyList<TransportEntry> Entries => Volatile.Read(ref _entries);

    public void Fill(IEnumerable<TransportEntry> entries) => Volatile.Write(ref _entries, [.. entries]);

    /// <summary>Those that the node listens on.</summary>
    public IEnumerable<(ushort Port, bool IsNatPort)> Ports => Entries.Select(entry => ((ushort)entry.Endpoint.Port, entry.IsNatPort)).Distinct();

    /// <summary>Failures to send are logged and counted by nobody else: IKE's retransmissions mend what can be mended.</summary>
    public void Send(ReadOnlyMemory<byte> message, IkePath path)
    {
        if (Find(path) is { } entry) entry.Socket.Tell(new SendMessage(message, path), ActorRefs.NoSender);
        else Miss(path);
    }

    /// <summary>One octet, so that a NAT between remembers the path (RFC 3948 §2.3).</summary>
    public void SendKeepalive(IkePath path)
    {
        if (Find(path) is { } entry) entry.Socket.Tell(new SendKeepalive(path), ActorRefs.NoSender);
        else Miss(path);
    }

    /// <summary>A node that waits for its service address has many to say something to.</summary>
    private void Miss(IkePath path)
    {
        HostPort from = new(path.Local);
        if (_missing.Passes(from.ToString(), out int held)) log.Net.NoSocket(from, held);
    }

    /// <summary>Whether one of the sockets can send from this address.</summary>
    public bool HasSocketOf(IPAddress address) => Entries.Any(
        entry => entry.Endpoint.AddressFamily == address.AddressFamily && (IsWildcard(entry.Endpoint) || entry.Endpoint.Address.Equals(address)));

    /// <summary>The port to call from: <paramref name="wanted"/> where we listen on it, else the node's IKE port.</summary>
    public ushort LocalPort(ushort wanted) =>
        Entries.Any(entry => entry.Endpoint.Port == wanted) ? wanted : (ushort)(Entries.FirstOrDefault(entry => !entry.IsNatPort)?.Endpoint.Port ?? wanted);

    public bool IsNatPort(ushort port) => Entries.Any(entry => entry.IsNatPort && entry.Endpoint.Port == port);

    /// <summary>
    /// The socket of this very address, else the one of all addresses of its family, on this port. A session that came from a node with other ports, or from before they were
    /// changed, leaves from the port of the same kind: its peer takes that for a move of a NAT.
    /// </summary>
    private TransportEntry? Find(IkePath path)
    {
        TransportEntry? any = null, ofItsKind = null;
        foreach (TransportEntry entry in Entries)
        {
            if (entry.Endpoint.AddressFamily != path.Local.AddressFamily || !(IsWildcard(entry.Endpoint) || entry.Endpoint.Address.Equals(path.Local.Address))) continue;
            if (entry.Endpoint.Port != path.Local.Port)
            {
                if (entry.IsNatPort == path.NonEspMarker) ofItsKind ??= entry;
                continue;
            }

            if (!IsWildcard(entry.Endpoint)) return entry;
            any = entry;
        }

        return any ?? ofItsKind;
    }

    private static bool IsWildcard(IPEndPoint endpoint) =>
        endpoint.Address.Equals(endpoint.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any);
}
