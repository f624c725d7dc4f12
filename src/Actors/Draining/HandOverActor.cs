using System.Net;
using Akka.Actor;
using Akka.Cluster;
using Concentrator.Actors.Clustering.Addresses;
using Concentrator.Actors.IkeSa;
using Concentrator.Actors.Kernel;
using Concentrator.Actors.Node;
using Concentrator.Actors.Routing;
using Concentrator.Actors.Store;
using Concentrator.Ike.Session;
using AkkaCluster = Akka.Cluster.Cluster;

namespace Concentrator.Actors.Draining;

/// <summary>
/// One per node: before a service address goes to another living node, that node installs the SAs of the address's tunnels from what is stored of them; so their traffic is not
/// interrupted when the address moves, and their sessions follow with their shards. What changes meanwhile is prepared once more. On the taking side, what was
/// prepared and did not come goes after a while.
/// </summary>
internal sealed class HandOverActor(NodeContext node, Func<bool> isDraining) : UntypedActor, IWithTimers
{
    private const int MostAtOnce = 500;
    private const int MostRounds = 8;

    private static readonly TimeSpan AnswerPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan CommitPatience = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan KeepTime = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan TidyPeriod = TimeSpan.FromSeconds(2);

    private readonly AkkaCluster _cluster = AkkaCluster.Get(Context.System);
    private readonly Dictionary<SessionId, TimeSpan> _prepared = [];

    public ITimerScheduler Timers { get; set; } = null!;

    /// <param name="node">Whose actor it is.</param>
    /// <param name="isDraining">The node is giving up what it has, and prepares for nothing.</param>
    public static Props Props(NodeContext node, Func<bool> isDraining) => Akka.Actor.Props.Create(() => new HandOverActor(node, isDraining));

    protected override void PreStart() => Timers.StartPeriodicTimer(nameof(Tidy), Tidy.Instance, TidyPeriod);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case PrepareAddress prepare:
                PrepareAsync(prepare).PipeTo(Sender, Self);
                break;
            case PrepareSessions prepare:
                foreach (SessionId session in prepare.Sessions) _prepared[session] = node.Now + KeepTime;
                InstallAsync(prepare).PipeTo(Sender, Self);
                break;
            case Tidy:
                Release();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    protected override void PostStop()
    {
        foreach (SessionId session in _prepared.Keys) ReleaseUnlessHere(session);
    }

    /// <summary>Those that did not come; the others are their actors' by now, or will be: while their address is here their shard is on its way.</summary>
    private void Release()
    {
        foreach (SessionId session in _prepared.Where(one => node.Sessions.Contains(one.Key) || (one.Value <= node.Now && !HasAddressOf(one.Key))).Select(one => one.Key).ToList())
        {
            _prepared.Remove(session);
            ReleaseUnlessHere(session);
        }
    }

    private bool HasAddressOf(SessionId session) => node.Addresses.Here.Any(address => node.Addresses.ShardsOf(address).Contains(session.Shard));

    private void ReleaseUnlessHere(SessionId session)
    {
        if (!node.Sessions.Contains(session)) node.Actors.Kernel.Tell(new ReleaseRestored(session));
    }

    /// <summary>The giving side. Never faults.</summary>
    private async Task<AddressPrepared> PrepareAsync(PrepareAddress prepare)
    {
        AddressPrepared Failed(string problem) => new(prepare.Address, prepare.Node, 0, 0, problem);
        if (node.Store is not { } store) return new AddressPrepared(prepare.Address, prepare.Node, 0, 0, null);
        if (_cluster.State.Members.FirstOrDefault(member => NodeKey.Of(member.UniqueAddress) == prepare.Node)?.Address is not { } there) return Failed("it is not there any more");
        Dictionary<SessionId, long> done = [];
        HashSet<SessionId> refusedOnes = [];
        int refused = 0;
        try
        {
            for (int round = 0; ; round++)
            {
                if (!store.Board.IsAvailable) return Failed("the session store cannot be had");
                (List<(SessionId Session, long Revision)> due, bool areSomeUnwritten) = Due(prepare.Address, done);
                if (due.Count == 0 && !areSomeUnwritten) return new AddressPrepared(prepare.Address, prepare.Node, done.Count, refused, null);
                // Tunnels that change all the time may do so: what they have changed last comes with their shard.
                if (round == MostRounds) return new AddressPrepared(prepare.Address, prepare.Node, done.Count, refused, null);
                foreach ((SessionId Session, long Revision)[] some in due.Chunk(MostAtOnce))
                {
                    object answer = await node.Actors.Neighbours!.HandOverOf(there).Ask(new PrepareSessions([.. some.Select(one => one.Session)]), AnswerPatience).ConfigureAwait(false);
                    if (answer is not SessionsPrepared prepared) return Failed("it runs a version that cannot");
                    if (prepared.Problem.Length > 0) return Failed(prepared.Problem);
                    refused += prepared.Refused;
                    foreach ((SessionId session, long revision) in some) done[session] = revision;
                }

                if (areSomeUnwritten) await Task.Delay(CommitPatience, node.Time).ConfigureAwait(false);
            }
        }
        catch (AskTimeoutException)
        {
            return Failed("it does not answer");
        }
    }

    /// <summary>What the other node has not prepared as it is now: whose row is newer, or came since. And whether some have no row of what they are.</summary>
    private (List<(SessionId Session, long Revision)> Due, bool AreSomeUnwritten) Due(IPAddress address, Dictionary<SessionId, long> done)
    {
        LocalShards shards = node.Addresses.ShardsOf(address);
        List<(SessionId, long)> due = [];
        bool areSomeUnwritten = false;
        foreach (SessionEntry entry in node.Sessions.Entries)
        {
            // Whose data is on another node has its SAs there already.
            if (!shards.Contains(entry.Session.Shard) || entry.State != IkeSaState.Established || entry.IsDataElsewhere) continue;
            (long revision, bool isWritten) = entry.Stored;
            if (!isWritten) areSomeUnwritten = true;
            else if (done.GetValueOrDefault(entry.Session) != revision) due.Add((entry.Session, revision));
        }

        return (due, areSomeUnwritten);
    }

    /// <summary>The taking side. Never faults.</summary>
    private async Task<SessionsPrepared> InstallAsync(PrepareSessions prepare)
    {
        if (node.Store is not { } store) return new SessionsPrepared(0, 0, "it keeps no sessions");
        if (isDraining()) return new SessionsPrepared(0, 0, "it is being drained itself");
        try
        {
            return await new SessionRestorer(node, store).PrepareAsync(prepare.Sessions, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is StoreException or AskTimeoutException)
        {
            return new SessionsPrepared(0, 0, fault is StoreException ? fault.Message : "its kernel or store does not answer");
        }
    }

    private sealed record Tidy : INoSerializationVerificationNeeded
    {
        public static Tidy Instance { get; } = new();
    }
}
