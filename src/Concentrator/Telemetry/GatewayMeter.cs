using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Concentrator.Actors.ChildSa;
using Concentrator.Actors.Node;
using Concentrator.Actors.Routing;
using Concentrator.Ike.Registries;
using Concentrator.Ike.Session;

namespace Concentrator.Telemetry;

/// <summary>
/// What a gateway counts and times, as System.Diagnostics.Metrics: names and units by the OpenTelemetry conventions. No label ever comes from a peer, and
/// none names one. It observes the node from its first event; called on the threads of actors, it only adds.
/// </summary>
internal sealed class GatewayMeter : IObserver<NodeEvent>, IDisposable
{
    public const string Name = "Concentrator";

    private readonly Meter _meter = new(Name);
    private readonly Counter<long> _established;
    private readonly Counter<long> _ended;
    private readonly Counter<long> _childrenInstalled;
    private readonly Counter<long> _childrenRefused;
    private readonly Counter<long> _rekeyed;
    private readonly Counter<long> _messages;
    private readonly Counter<long> _refusals;
    private readonly Histogram<double> _exchanges;
    private readonly Histogram<double> _kernelCalls;
    private readonly Histogram<double> _kernelWaits;
    private readonly Histogram<double> _commits;
    private readonly Counter<long> _retransmits;

    /// <summary>Those that began as initiator and are not over: who asks for failures by role cannot ask an IKE SA that is gone.</summary>
    private readonly ConcurrentDictionary<SessionId, bool> _ours = new();

    /// <summary>When the request left that an IKE SA waits to be answered; one each (RFC 7296 §2.3).</summary>
    private readonly ConcurrentDictionary<SessionId, long> _waiting = new();

    public GatewayMeter()
    {
        _established = _meter.CreateCounter<long>("concentrator.ike_sa.established", "{ike_sa}", "IKE SAs whose both ends were authenticated, by our role.");
        _ended = _meter.CreateCounter<long>("concentrator.ike_sa.ended", "{ike_sa}", "IKE SAs that are over, by the reason, by our role, and by whether they had been established.");
        _childrenInstalled = _meter.CreateCounter<long>("concentrator.child_sa.installed", "{child_sa}", "CHILD_SAs that the kernel took.");
        _childrenRefused = _meter.CreateCounter<long>("concentrator.child_sa.refused", "{child_sa}", "CHILD_SAs that came to nothing, by who refused and with which notify.");
        _rekeyed = _meter.CreateCounter<long>("concentrator.rekeys", "{sa}", "SAs that took the place of others.");
        _messages = _meter.CreateCounter<long>("concentrator.messages", "{message}", "IKE messages, by exchange, kind and direction; repetitions apart.");
        _refusals = _meter.CreateCounter<long>("concentrator.kernel.refusals", "{call}", "What the kernel refused, by step and errno.");
        _exchanges = _meter.CreateHistogram<double>("concentrator.exchange.duration", "s", "From our request to its response, repetitions included.", advice: Buckets);
        _kernelWaits = _meter.CreateHistogram<double>("concentrator.kernel.wait.duration", "s", "How long what a CHILD_SA asked of the kernel waited for its turn.", advice: Buckets);
        _retransmits = _meter.CreateCounter<long>("concentrator.retransmits", "{message}", "Messages that were sent once more, by kind.");
        _commits = _meter.CreateHistogram<double>("concentrator.store.commit.duration", "s", "How long the database took for a transaction of the session store.", advice: Buckets);
        _kernelCalls = _meter.CreateHistogram<double>("concentrator.kernel.call.duration", "s", "How long the kernel took for what a CHILD_SA asked.", advice: Buckets);
    }

    private static InstrumentAdvice<double> Buckets { get; } =
        new() { HistogramBucketBoundaries = [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60] };

    /// <summary>Begins to measure what is read off the node when somebody asks.</summary>
    public void Attach(ConcentratorNode node)
    {
        AttachNode(node);
        if (node.Store is not null) AttachStore(node);
    }

    /// <summary>Makes every instrument that there may be, so that a listener hears of it. There is no node behind them: nothing may ask for their values.</summary>
    public void Declare()
    {
        AttachNode(null!);
        AttachStore(null!);
    }

    private void AttachNode(ConcentratorNode node)
    {
        _meter.CreateObservableGauge(
            "concentrator.ike_sas", () => node.CountIkeSas().Select(s => Measure(s.Count, "state", s.State.DisplayName())), "{ike_sa}", "IKE SAs on this node, by state.");
        _meter.CreateObservableGauge(
            "concentrator.child_sas", () => node.CountChildSas().Select(s => Measure(s.Count, "state", s.State.DisplayName())), "{child_sa}", "CHILD_SAs on this node, by state.");
        _meter.CreateObservableCounter(
            "concentrator.datagrams.dropped", () => node.Drops.Snapshot().Select(d => Measure(d.Value, "reason", d.Key.ToString())), "{datagram}", "Datagrams thrown away, by reason.");
        _meter.CreateObservableCounter(
            "concentrator.transport.discarded",
            () => new[]
            {
                Measure(node.Transport.Keepalives, "reason", "keepalive"),
                Measure(node.Transport.WithoutMarker, "reason", "without_marker"),
                Measure(node.Transport.TooLong, "reason", "too_long"),
                Measure(node.Transport.Overrun, "reason", "overrun"),
                Measure(node.Transport.SendFailures, "reason", "send_failure"),
            },
            "{datagram}", "Datagrams that no socket handed on, by reason.");
        _meter.CreateObservableGauge("concentrator.ike_sas.half_open", () => node.HalfOpen, "{ike_sa}", "IKE SAs that peers began and that nobody has authenticated yet.");
        _meter.CreateObservableGauge(
            "concentrator.mailbox.depth", () => node.MailboxDepths.Select(m => Measure(m.Messages, "actor", m.Actor)), "{message}", "Messages that wait for the actors of which there is one a node.");
        _meter.CreateObservableCounter(
            "concentrator.esp.io", () => new[] { Measure(node.Esp.BytesIn, "direction", "in"), Measure(node.Esp.BytesOut, "direction", "out") }, "By",
            "What ESP carried, as of the last comparison with the kernel.");
        _meter.CreateObservableCounter(
            "concentrator.esp.packets", () => new[] { Measure(node.Esp.PacketsIn, "direction", "in"), Measure(node.Esp.PacketsOut, "direction", "out") }, "{packet}",
            "Packets that ESP carried, as of the last comparison with the kernel.");
        _meter.CreateObservableGauge(
            "concentrator.pool.leases",
            () => node.Pools.Use.SelectMany(pool => new[] { MeasurePool(pool.Online, pool.Name, "online"), MeasurePool(pool.Offline, pool.Name, "offline") }),
            "{address}", "Addresses of pools that are leased, or wait offline for their identity, by pool.");
        _meter.CreateObservableGauge(
            "concentrator.pool.size", () => node.Pools.Use.Select(pool => new Measurement<double>((double)pool.Size, Tag("pool", pool.Name))), "{address}", "How many addresses a pool has.");
        _meter.CreateObservableCounter(
            "concentrator.placement.datagrams",
            () => new[]
            {
                Measure(node.Placement.Routed, "way", "received"),
                Measure(node.Placement.Hops, "way", "handed_on"),
                Measure(node.Placement.TransmitsElsewhere, "way", "sent_elsewhere"),
            },
            "{datagram}", "IKE datagrams that came to this node, that it handed on to the node of their shard, and that it sent through another node.");
        _meter.CreateObservableGauge("concentrator.shards", () => node.ShardCount, "{shard}", "Shards that live on this node and are ready; a node that is alone has all 256.");
        _meter.CreateObservableCounter(
            "concentrator.placement.relocations", () => node.Placement.Relocations, "{child_sa}", "CHILD_SAs of this node's IKE SAs that went to another node's kernel.");
        _meter.CreateObservableCounter(
            "concentrator.cluster.unknown_messages", () => node.Placement.UnknownMessages, "{message}", "Messages of nodes of another version that this one does not know.");
        _meter.CreateObservableGauge("concentrator.kernel.refused_algorithms", () => node.RefusedAlgorithms.Count, "{algorithm}", "Algorithms that the kernel is known to refuse.");
    }

    private void AttachStore(ConcentratorNode node)
    {
        _meter.CreateObservableGauge("concentrator.store.available", () => node.Store!.IsAvailable ? 1 : 0, "{store}", "1: sessions can be stored; 0: they cannot, and new ones are refused.");
        _meter.CreateObservableGauge("concentrator.store.behind", () => node.Store!.Behind, "{ike_sa}", "IKE SAs whose stored state is behind.");
        _meter.CreateObservableCounter("concentrator.store.rows", () => node.Store!.RowsWritten, "{row}", "Rows that were committed.");
        _meter.CreateObservableCounter("concentrator.store.transactions", () => node.Store!.Batches, "{transaction}", "Transactions that rows were committed in.");
        _meter.CreateObservableCounter("concentrator.store.fenced", () => node.Store!.Fenced, "{row}", "Rows that were not accepted because another node has the session.");
        _meter.CreateObservableCounter("concentrator.store.failures", () => node.Store!.Failures, "{call}", "Calls that the database did not answer as it should.");
        _meter.CreateObservableCounter("concentrator.store.restored", () => node.Store!.Restored, "{ike_sa}", "IKE SAs that were taken over from the store.");
        _meter.CreateObservableCounter("concentrator.store.refused_child_sas", () => node.Store!.RefusedSas, "{child_sa}", "CHILD_SAs of those that the kernel refused.");
        _meter.CreateObservableCounter(
            "concentrator.store.bad_rows", () => node.Store!.BadRows.Select(bad => Measure(bad.Count, "reason", bad.Why)), "{row}", "Rows that could not be used, by reason.");
    }

    public void OnNext(NodeEvent value)
    {
        switch (value)
        {
            case IkeSaHappened happened:
                Count(happened.IkeSa, happened.Event);
                break;
            case IkeSaEnded ended:
                _waiting.TryRemove(ended.IkeSa.Session, out _);
                _ended.Add(1, Tag("reason", ended.Reason.ToString()), Tag("role", _ours.TryRemove(ended.IkeSa.Session, out _) ? "initiator" : "responder"), Tag("was_established", ended.WasEstablished ? "yes" : "no"));
                break;
            case ChildSaStateChanged { To: ChildSaState.Installed }:
                _childrenInstalled.Add(1);
                break;
            case KernelCalled called:
                _kernelCalls.Record(called.Took.TotalSeconds, Tag("call", FirstWord(called.Call)));
                _kernelWaits.Record(called.Waited.TotalSeconds);
                break;
            case StoreCommitted committed:
                _commits.Record(committed.Took.TotalSeconds);
                break;
            case KernelRefused refused:
                _refusals.Add(1, Tag("step", refused.Step), Tag("errno", refused.ErrnoName));
                break;
        }
    }

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }

    public void Dispose() => _meter.Dispose();

    private void Count(IkeSaName ikeSa, SessionEvent happened)
    {
        switch (happened)
        {
            case StateChanged { To: IkeSaState.Established } up:
                _established.Add(1, Tag("role", up.From == IkeSaState.InitAnswered ? "responder" : "initiator"));
                break;
            case StateChanged { From: IkeSaState.Created, To: IkeSaState.InitRequested }:
                _ours[ikeSa.Session] = true;
                break;
            case IkeSaRekeyed:
                _rekeyed.Add(1, Tag("sa", "ike"));
                break;
            case ChildRekeyed:
                _rekeyed.Add(1, Tag("sa", "child"));
                break;
            case ChildFailed failed:
                _childrenRefused.Add(1, Tag("by", failed.ByPeer ? "peer" : "kernel"), Tag("notify", failed.Notify is { } notify && Enum.IsDefined(notify) ? notify.RfcName() : "none"));
                break;
            case MessageSent sent:
                Count(sent.Summary, "out", sent.Repeated);
                if (sent.Repeated) _retransmits.Add(1, Tag("kind", IsRequest(sent.Summary) ? "request" : "response"));
                if (!sent.Repeated && IsRequest(sent.Summary)) _waiting[ikeSa.Session] = Stopwatch.GetTimestamp();
                break;
            case MessageReceived received:
                Count(received.Summary, "in", received.Repeated);
                if (!IsRequest(received.Summary) && _waiting.TryRemove(ikeSa.Session, out long since))
                    _exchanges.Record(Stopwatch.GetElapsedTime(since).TotalSeconds, Tag("exchange", FirstWord(received.Summary)));
                break;
        }
    }

    private void Count(string summary, string direction, bool isRepeated) => _messages.Add(
        1,
        new TagList(
        [
            Tag("exchange", FirstWord(summary)), Tag("kind", IsRequest(summary) ? "request" : "response"), Tag("direction", direction), Tag("repeated", isRepeated ? "yes" : "no"),
        ]));

    /// <summary>A summary begins with the exchange, an RFC's word, and then says which half it is.</summary>
    private static string FirstWord(string text) => text.Split(' ', 2)[0];

    private static bool IsRequest(string summary) => summary.AsSpan(FirstWord(summary).Length).StartsWith(" request", StringComparison.Ordinal);

    private static Measurement<long> MeasurePool(long value, string pool, string state) => new(value, Tag("pool", pool), Tag("state", state));

    private static Measurement<long> Measure(long value, string key, string label) => new(value, Tag(key, label));

    private static KeyValuePair<string, object?> Tag(string key, string value) => new(key, value);
}
