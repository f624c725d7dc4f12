using System.Net;
using Akka;
using Akka.Actor;
using Concentrator.Actors.ChildSa;
using Concentrator.Actors.Connections;
using Concentrator.Actors.IkeSa;
using Concentrator.Actors.Kernel;
using Concentrator.Actors.Placement;
using Concentrator.Actors.Routing;
using Concentrator.Actors.Store;
using Concentrator.Actors.Transport;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Session;
using Concentrator.Ike.Wire;
using Concentrator.Kernel;

namespace Concentrator.Actors.Node;

public sealed partial class ConcentratorNode
{
    private static readonly TimeSpan QuestionTime = TimeSpan.FromSeconds(5);

    /// <summary>How the session store fares; null where sessions are not stored.</summary>
    public StoreSnapshot? Store => _node.Store is { } store ? StoreSnapshot.Of(store.Board) : null;

    /// <summary>All that happens, from now on. Completes when the node has stopped.</summary>
    public IObservable<NodeEvent> Events => _node.Events;

    /// <summary>Datagrams thrown away, by reason.</summary>
    public DropCounters Drops => _node.Drops;

    public TransportCounters Transport => _node.Transport.Counters;

    /// <summary>What ESP has carried, as of the last comparison with the kernel.</summary>
    public EspTotals Esp => _node.Gauges.Esp;

    /// <summary>IKE SAs that peers began and that nobody has authenticated yet.</summary>
    public int HalfOpen => _node.Gauges.HalfOpen;

    /// <summary>How many messages wait for the actors of which there is one a node; cheap.</summary>
    public IReadOnlyList<(string Actor, int Messages)> MailboxDepths =>
    [
        ("kernel", DepthOf(_node.Actors.Kernel)), ("router", DepthOf(_node.Actors.Router)),
        ("connections", DepthOf(_node.Actors.Connections)), ("updown", DepthOf(_node.Actors.Updown)),
    ];

    private static int DepthOf(IActorRef actor) => actor is ActorRefWithCell { Underlying: { } cell } ? cell.NumberOfMessages : 0;

    /// <summary>Whether router and connections answer in time. The KernelActor is not asked: a kernel may be slow, and a new start would not make it faster.</summary>
    public async Task<bool> IsAliveAsync(TimeSpan patience, CancellationToken cancel = default)
    {
        try
        {
            await Task.WhenAll(
                _node.Actors.Router.Ask<ActorIdentity>(new Identify(null), patience, cancel),
                _node.Actors.Connections.Ask<ActorIdentity>(new Identify(null), patience, cancel)).ConfigureAwait(false);
            return true;
        }
        catch (AskTimeoutException)
        {
            return false;
        }
    }

    /// <summary>How much of what comes here belongs to other nodes.</summary>
    public PlacementCounters Placement => _node.Placement;

    public string KernelName => _backend.Name;

    /// <summary>The pools of addresses inside the tunnel.</summary>
    public NodePools Pools => new(_node);

    /// <summary>What the configuration says.</summary>
    public IReadOnlyList<ConnectionConfig> Connections => _node.Session.Config.Connections;

    /// <summary>What is in force. Its secrets are for whoever started the node to dispose, once the node has stopped.</summary>
    public GatewayConfig Configuration => _node.Session.Config;

    /// <summary>
    /// Puts another configuration in force, whole or not at all: what <paramref name="change"/> makes of the present one, with the changes that
    /// <see cref="GatewayConfig"/> has. It must be quick. What is up lives on with what it was made with. Secrets that the new one no longer has are
    /// zeroed by the node.
    /// </summary>
    /// <exception cref="AskTimeoutException">The node is too busy, or stopping.</exception>
    /// <exception cref="Exception">Whatever the change threw: nothing has changed.</exception>
    public Task<GatewayConfig> ReconfigureAsync(Func<GatewayConfig, GatewayConfig> change, CancellationToken cancel = default) =>
        Volatile.Read(ref _stopping) != 0
            ? Task.FromException<GatewayConfig>(new RequestRefusedException("the node is stopping"))
            : _node.Actors.Connections.Ask<GatewayConfig>(new Reconfigure(change), QuestionTime, cancel);

    /// <summary>The same with a change that brings secrets. They are the configuration's once the change was called, and disposed where it is not called any more.</summary>
    /// <inheritdoc cref="ReconfigureAsync(Func{GatewayConfig, GatewayConfig}, CancellationToken)"/>
    public async Task<GatewayConfig> ReconfigureAsync(
        Func<GatewayConfig, GatewayConfig> change, IEnumerable<IDisposable> secrets, CancellationToken cancel = default)
    {
        const int Called = 1, GivenUp = 2;
        int fate = 0;
        try
        {
            return await ReconfigureAsync(
                config => Interlocked.CompareExchange(ref fate, Called, 0) == 0 ? change(config) : throw new OperationCanceledException(), cancel).ConfigureAwait(false);
        }
        catch when (Interlocked.CompareExchange(ref fate, GivenUp, 0) == 0)
        {
            foreach (IDisposable secret in secrets) secret.Dispose();
            throw;
        }
    }

    /// <summary>CRLs that were fetched from servers are fetched anew when they are needed.</summary>
    public void ForgetFetchedLists() => _node.Certificates.ForgetFetched();

    /// <summary>The IKE SAs that live here, in the order they began.</summary>
    public IReadOnlyList<IkeSaSnapshot> IkeSas => _node.Sessions.Snapshot();

    /// <summary>Algorithms that the kernel is known to refuse.</summary>
    public IReadOnlyCollection<string> RefusedAlgorithms => _node.Capabilities.Current.Refused;

    /// <summary>How many IKE SAs are in each state; cheap with any number of them.</summary>
    public IReadOnlyList<(IkeSaState State, int Count)> CountIkeSas() => _node.Sessions.CountIkeSas();

    /// <summary>How many CHILD_SAs are in each state; cheap with any number of them.</summary>
    public IReadOnlyList<(ChildSaState State, int Count)> CountChildSas() => _node.Sessions.CountChildSas();

    /// <summary>One IKE SA; null when it lives here no more.</summary>
    public IkeSaSnapshot? Find(SessionId ikeSa) => _node.Sessions.TryFind(ikeSa, out SessionEntry? entry) ? entry.Snapshot() : null;

    /// <summary>A page of them; milliseconds with a hundred thousand.</summary>
    public IkeSaPage Find(IkeSaQuery query) => _node.Sessions.Find(query);

    /// <summary>How much of ours is in the kernel. Asks the KernelActor.</summary>
    /// <exception cref="AskTimeoutException">It did not answer in time.</exception>
    public Task<TableCounts> CountKernelAsync(CancellationToken cancel = default) => _node.Actors.Kernel.Ask<TableCounts>(CountEntries.Instance, QuestionTime, cancel);

    /// <summary>What the kernel counts for the children of an IKE SA, by child id. Asks the KernelActor.</summary>
    /// <exception cref="AskTimeoutException">It did not answer in time.</exception>
    public async Task<IReadOnlyDictionary<uint, ChildTraffic>> GetTrafficAsync(IkeSaSnapshot ikeSa, CancellationToken cancel = default)
    {
        TrafficQuestion question = new([ikeSa]);
        SaInfo?[] sas = question.Sas.Count == 0
            ? []
            : await _node.Actors.Kernel.Ask<SaInfo?[]>(new CountTraffic(question.Sas), QuestionTime, cancel).ConfigureAwait(false);
        return question.TrafficOf(ikeSa, sas);
    }

    /// <summary>Has traffic bring up this child, from now until it is taken back or the node stops; without a connection, that of the first which has such a child.</summary>
    /// <exception cref="RequestRefusedException">There is no such child, no way to its peer, or the kernel refused.</exception>
    /// <exception cref="AskTimeoutException">The node is too busy, or stopping.</exception>
    public Task InstallTrapAsync(string? connection, string child, CancellationToken cancel = default) =>
        _node.Actors.Connections.Ask<Done>(new ChangeTrap(connection, child, IsWanted: true), QuestionTime, cancel);

    /// <summary>Takes the traps of this child away; what is up stays up.</summary>
    /// <exception cref="RequestRefusedException">There is none.</exception>
    /// <exception cref="AskTimeoutException">The node is too busy, or stopping.</exception>
    public Task UninstallTrapAsync(string? connection, string child, CancellationToken cancel = default) =>
        _node.Actors.Connections.Ask<Done>(new ChangeTrap(connection, child, IsWanted: false), QuestionTime, cancel);

    /// <summary>The children that traffic brings up.</summary>
    /// <exception cref="AskTimeoutException">The node is too busy, or stopping.</exception>
    public async Task<IReadOnlyList<TrapSnapshot>> GetTrapsAsync(CancellationToken cancel = default)
    {
        List<TrapPlan> plans = await _node.Actors.Connections.Ask<List<TrapPlan>>(new GetTraps(), QuestionTime, cancel).ConfigureAwait(false);
        return
        [
            .. plans.Select(plan => new TrapSnapshot(
                plan.Connection.Name, plan.Child.Name, plan.Child.Mode,
                [.. plan.Child.LocalSelectors.Select(s => s.Resolve(plan.Local))], [.. plan.Child.RemoteSelectors.Select(s => s.Resolve(plan.Remote))])),
        ];
    }

    /// <summary>Everything at one moment; asks the KernelActor.</summary>
    public async Task<NodeSnapshot> GetSnapshotAsync(CancellationToken cancel = default)
    {
        TableCounts kernel = await CountKernelAsync(cancel).ConfigureAwait(false);
        return new NodeSnapshot(IkeSas, Drops.Snapshot(), kernel, _node.Capabilities.Current.Refused);
    }

    /// <summary>The service address that a connection is called from, where another node has that; null: it is called here.</summary>
    public IPAddress? AddressElsewhere(ConnectionConfig connection) =>
        connection.CallableAddress is { } remote && connection.SourceTowards(remote) is { } source && _node.Addresses.IsMoving(UdpEndpoint.From(new IPEndPoint(source, 0))) ? source : null;

    /// <summary>Calls a connection, unless an attempt is under way, and brings up these children of it.</summary>
    public void Initiate(string connection, params IReadOnlyList<string> children) => _node.Actors.Connections.Tell(new Call(connection, children));

    /// <summary>Brings up one more child on an established IKE SA.</summary>
    public void InitiateChild(SessionId ikeSa, string child) => Tell(ikeSa, new InitiateChild(child));

    /// <summary>Puts a new child in the place of this one.</summary>
    public void RekeyChild(SessionId ikeSa, uint childId) => Tell(ikeSa, new RekeyChild(childId));

    /// <summary>New SPIs and keys for an IKE SA; its children stay.</summary>
    public void Rekey(SessionId ikeSa) => Tell(ikeSa, new RekeyIkeSa());

    /// <summary>Closes a child with a Delete exchange.</summary>
    public void CloseChild(SessionId ikeSa, uint childId) => Tell(ikeSa, new CloseChild(childId));

    /// <summary>Closes an IKE SA with a Delete exchange.</summary>
    public void Close(SessionId ikeSa) => Tell(ikeSa, new Close(EndReason.DeletedByUs));

    /// <summary>Ends an IKE SA without a word to its peer.</summary>
    public void Abandon(SessionId ikeSa) => Tell(ikeSa, new Abandon(EndReason.DeletedByUs));

    /// <summary>Sends the client of an IKE SA to another gateway (RFC 5685), where it has said that it follows: then it comes there, and closes this IKE SA.</summary>
    public void Redirect(SessionId ikeSa, GatewayIdentity gateway) => Tell(ikeSa, new RedirectPeer(gateway));

    /// <summary>From now on clients that begin here and follow are sent to another gateway, without any state; null: they stay.</summary>
    public void RedirectNewcomers(GatewayIdentity? gateway) => _node.Actors.Router.Tell(new RedirectNewcomers(gateway));

    /// <summary>Asks the kernel anew which algorithms it accepts, instead of waiting for the next period.</summary>
    public void ProbeKernel() => _node.Actors.Kernel.Tell(ProbeNow.Instance);

    /// <summary>On whatever node it lives; to nobody when it lives no more.</summary>
    private void Tell(SessionId ikeSa, SessionInput input)
    {
        if (_node.Sessions.Contains(ikeSa) || !_node.Shards.Current.Contains(ikeSa.Shard)) _node.Actors.Sessions.Tell(new DeliverInput(ikeSa, input));
    }
}
