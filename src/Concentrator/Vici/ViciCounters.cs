using System.Collections.Concurrent;
using Concentrator.Actors.Node;
using Concentrator.Ike.Session;

namespace Concentrator.Vici;

/// <summary>
/// What strongSwan's counters plugin counts, in all and for each connection. Repetitions are not counted. Observes the node from its first event; called on the
/// threads of actors, it only adds.
/// </summary>
internal sealed class ViciCounters : IObserver<NodeEvent>
{
    private const int Invalid = 3;
    private const int InvalidSpi = 4;
    private const int FirstMessage = 5;

    /// <summary>A message is counted at its exchange, behind which come: received request, received response, sent request, sent response.</summary>
    private static readonly string[] Exchanges = ["IKE_SA_INIT", "IKE_AUTH", "CREATE_CHILD_SA", "INFORMATIONAL"];

    private readonly ConcurrentDictionary<string, long[]> _byConnection = new();
    private readonly long[] _all = new long[Names.Length];

    public static string[] Names { get; } =
    [
        "ike-rekey-init", "ike-rekey-resp", "child-rekey", "invalid", "invalid-spi",
        .. from exchange in new[] { "ike-init", "ike-auth", "create-child", "info" }
           from direction in new[] { "in", "out" }
           from kind in new[] { "req", "resp" }
           select $"{exchange}-{direction}-{kind}",
    ];

    public IReadOnlyList<long> All => Snapshot(_all);

    public IEnumerable<(string Connection, IReadOnlyList<long> Values)> Connections => _byConnection.Select(c => (c.Key, Snapshot(c.Value)));

    public IReadOnlyList<long>? Of(string connection) => _byConnection.TryGetValue(connection, out long[]? counts) ? Snapshot(counts) : null;

    public void Reset()
    {
        for (int i = 0; i < _all.Length; i++) Interlocked.Exchange(ref _all[i], 0);
    }

    public void ResetConnections() => _byConnection.Clear();

    public void Reset(string connection) => _byConnection.TryRemove(connection, out _);

    public void OnNext(NodeEvent value)
    {
        switch (value)
        {
            case IkeSaHappened { Event: MessageSent { Repeated: false } sent } to:
                Count(to.IkeSa, IndexOf(sent.Summary, isOut: true));
                break;
            case IkeSaHappened { Event: MessageReceived { Repeated: false } received } by:
                Count(by.IkeSa, IndexOf(received.Summary, isOut: false));
                break;
            case IkeSaHappened { Event: IkeSaRekeyed rekeyed } of:
                Count(of.IkeSa, rekeyed.ByPeer ? 1 : 0);
                break;
            case IkeSaHappened { Event: ChildRekeyed } of:
                Count(of.IkeSa, 2);
                break;
            case IkeSaHappened { Event: DatagramDropped { Reason: DropReason.Malformed } } of:
                Count(of.IkeSa, Invalid);
                break;
            case DatagramDiscarded { Reason: DropReason.UnknownSpi }:
                Interlocked.Increment(ref _all[InvalidSpi]);
                break;
            case DatagramDiscarded { Reason: DropReason.BadLength or DropReason.BadVersion or DropReason.BadHeader or DropReason.Malformed }:
                Interlocked.Increment(ref _all[Invalid]);
                break;
        }
    }

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }

    /// <summary>Before the peer's identity has chosen a connection, in all alone.</summary>
    private void Count(IkeSaName ikeSa, int index)
    {
        if (index < 0) return;
        Interlocked.Increment(ref _all[index]);
        if (!ikeSa.Name.StartsWith('(')) Interlocked.Increment(ref _byConnection.GetOrAdd(ikeSa.Name, _ => new long[Names.Length])[index]);
    }

    /// <summary>A summary begins with the exchange, and then says which half it is. -1: an exchange that is not counted.</summary>
    private static int IndexOf(string summary, bool isOut)
    {
        int exchange = Array.FindIndex(Exchanges, name => summary.StartsWith(name, StringComparison.Ordinal) && summary.Length > name.Length && summary[name.Length] == ' ');
        if (exchange < 0) return -1;
        bool isResponse = summary.AsSpan(Exchanges[exchange].Length + 1).StartsWith("response", StringComparison.Ordinal);
        return FirstMessage + (4 * exchange) + (isOut ? 2 : 0) + (isResponse ? 1 : 0);
    }

    private static IReadOnlyList<long> Snapshot(long[] counts) => [.. counts.Select((_, i) => Volatile.Read(ref counts[i]))];
}
