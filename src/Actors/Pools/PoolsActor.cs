using Akka.Actor;
using Concentrator.Actors.Node;
using Concentrator.Actors.Routing;
using Concentrator.Ike.Configuration;
using Concentrator.Ike.Session;
using Concentrator.Ike.Wire;

namespace Concentrator.Actors.Pools;

/// <summary>
/// One per node: the pools of addresses inside the tunnel. What arrived while the last question was with <see cref="ILeases"/> is the next one, as much of it as is
/// of one kind, so that the order stays. Whoever asks is answered, whatever goes wrong. Does not own the leases.
/// </summary>
internal sealed class PoolsActor(NodeContext node, ILeases leases) : UntypedActor, IWithTimers
{
    /// <summary>So many at a time, so that the first of them does not wait for the last of a herd.</summary>
    private const int LargestBatch = 200;

    private static readonly TimeSpan UsePeriod = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan TidyPeriod = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, PoolConfig> _pools = [];
    private readonly Queue<(object Message, IActorRef Sender)> _waiting = new();
    private bool _isAsking;

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(NodeContext node, ILeases leases) => Akka.Actor.Props.Create(() => new PoolsActor(node, leases));

    protected override void PreStart()
    {
        Replace(node.Session.Config.Pools);
        Timers.StartPeriodicTimer(nameof(LookAtUse), LookAtUse.Instance, UsePeriod);
        Timers.StartPeriodicTimer(nameof(Tidy), Tidy.Instance, TidyPeriod);
        Proceed();
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case LeaseFor or ReleaseFor or LoadPool or UnloadPool or GetPools:
                _waiting.Enqueue((message, Sender));
                break;
            case ReplacePools replace:
                Replace(replace.Pools);
                break;
            case LookAtUse or Tidy when _pools.Count > 0:
                _waiting.Enqueue((message, ActorRefs.Nobody));
                break;
            case LookAtUse or Tidy:
                break;
            case Answered answered:
                _isAsking = false;
                answered.Act();
                break;
            default:
                Unhandled(message);
                break;
        }

        Proceed();
    }

    /// <summary>Those that go make room for others with the same addresses.</summary>
    private void Replace(IReadOnlyList<PoolConfig> pools)
    {
        foreach (string gone in _pools.Keys.Except(pools.Select(p => p.Name)).ToList()) _waiting.Enqueue((new UnloadPool(gone), ActorRefs.Nobody));
        foreach (PoolConfig pool in pools) _waiting.Enqueue((new LoadPool(pool), ActorRefs.Nobody));
    }

    private void Proceed()
    {
        while (!_isAsking && _waiting.TryPeek(out (object Message, IActorRef Sender) next))
        {
            switch (next.Message)
            {
                case LeaseFor:
                    Lease(TakeAlike<LeaseFor>());
                    break;
                case ReleaseFor:
                    Release([.. TakeAlike<ReleaseFor>().Select(r => r.Message.Session)]);
                    break;
                case LoadPool load:
                    _waiting.Dequeue();
                    Load(load.Pool, next.Sender);
                    break;
                case UnloadPool unload:
                    _waiting.Dequeue();
                    Unload(unload.Name, next.Sender);
                    break;
                case LookAtUse:
                    _waiting.Dequeue();
                    ShowUse();
                    break;
                case Tidy:
                    _waiting.Dequeue();
                    Ask(leases.TidyAsync(), () => { }, _ => { });
                    break;
                case GetPools get:
                    _waiting.Dequeue();
                    Ask(leases.ListAsync(get.WithLeases), pools => next.Sender.Tell(pools), refused => next.Sender.Tell(new Status.Failure(refused)));
                    break;
            }
        }
    }

    private List<(T Message, IActorRef Sender)> TakeAlike<T>()
    {
        List<(T, IActorRef)> taken = [];
        while (taken.Count < LargestBatch && _waiting.TryPeek(out (object Message, IActorRef Sender) next) && next.Message is T message)
        {
            taken.Add((message, next.Sender));
            _waiting.Dequeue();
        }

        return taken;
    }

    private void Lease(List<(LeaseFor Message, IActorRef Sender)> wishes) => Ask(
        leases.LeaseAsync([.. wishes.Select(w => w.Message)]),
        leased =>
        {
            for (int i = 0; i < wishes.Count; i++) wishes[i].Sender.Tell(AnswerTo(wishes[i].Message.Wish, leased[i]));
        },
        refused =>
        {
            node.Log.Cfg.LeasesFailed(refused.Message);
            foreach ((_, IActorRef sender) in wishes) sender.Tell(new AddressesRefused("the leases cannot be had now"));
        });

    private void Release(List<SessionId> sessions) => Ask(leases.ReleaseAsync(sessions), () => { }, refused => node.Log.Cfg.LeasesFailed(refused.Message));

    private void Load(PoolConfig pool, IActorRef sender) => Ask(
        leases.LoadAsync(pool),
        refusal =>
        {
            if (refusal is null) _pools[pool.Name] = pool;
            node.Log.Cfg.PoolLoaded(Printable.Text(pool.Name), pool.Addresses, refusal is null ? "loaded" : $"not changed: {refusal}");
            sender.Tell(new PoolChanged(refusal));
            ShowUse();
        },
        refused => sender.Tell(new PoolChanged(refused.Message)));

    private void Unload(string name, IActorRef sender)
    {
        if (!_pools.ContainsKey(name))
        {
            sender.Tell(new PoolChanged("there is no such pool"));
            return;
        }

        Ask(
            leases.UnloadAsync(name),
            refusal =>
            {
                if (refusal is null) _pools.Remove(name);
                node.Log.Cfg.PoolUnloaded(Printable.Text(name), refusal is null ? "unloaded" : $"stays: {refusal}");
                sender.Tell(new PoolChanged(refusal));
                ShowUse();
            },
            refused => sender.Tell(new PoolChanged(refused.Message)));
    }

    private SessionInput AnswerTo(LeaseAddresses wish, IReadOnlyList<Lease> leased)
    {
        if (leased.Count == 0) return new AddressesRefused($"no address is free in {string.Join(", ", wish.Pools.Select(p => $"'{p}'"))}");
        // A pool that several addresses are from has its say once.
        IEnumerable<ConfigurationAttribute> attributes = leased.Select(l => l.Pool).Distinct().SelectMany(p => _pools.TryGetValue(p, out PoolConfig? pool) ? pool.Attributes : []);
        return new AddressesLeased([.. leased.Select(l => l.Address)], [.. attributes]);
    }

    private void ShowUse() => Ask(leases.ListAsync(withLeases: false), pools => node.PoolUse.Show(pools), _ => { });

    private void Ask(ValueTask task, Action done, Action<Exception> failed)
    {
        if (task.IsCompletedSuccessfully) done();
        else Await(task.AsTask(), done, failed);
    }

    private void Ask<T>(ValueTask<T> task, Action<T> done, Action<Exception> failed)
    {
        if (task.IsCompletedSuccessfully)
        {
            done(task.Result);
            return;
        }

        Task<T> running = task.AsTask();
        Await(running, () => done(running.Result), failed);
    }

    private void Await(Task running, Action done, Action<Exception> failed)
    {
        _isAsking = true;
        IActorRef self = Self;
        running.ContinueWith(
            task => self.Tell(new Answered(() =>
            {
                if (task.Exception?.InnerException is { } refused) failed(refused);
                else done();
            })),
            CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private sealed record LookAtUse : INoSerializationVerificationNeeded
    {
        public static LookAtUse Instance { get; } = new();
    }

    private sealed record Tidy : INoSerializationVerificationNeeded
    {
        public static Tidy Instance { get; } = new();
    }

    private sealed record Answered(Action Act) : INoSerializationVerificationNeeded;
}
