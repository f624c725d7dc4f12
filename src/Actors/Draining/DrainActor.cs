using Akka.Actor;
using Concentrator.Actors.Clustering.Addresses;
using Concentrator.Actors.IkeSa;
using Concentrator.Actors.Node;
using Concentrator.Actors.Routing;
using Concentrator.Ike.Session;

namespace Concentrator.Actors.Draining;

/// <summary>
/// One per node: empties it, so that it can be stopped and nobody notices. In this order: nothing new begins; each service address goes to another node once that has the SAs of its
/// tunnels; the shards follow, and their sessions with them. Where that cannot be, the node serves on as before and says why. One at a time.
/// </summary>
/// <param name="node">Whose actor it is.</param>
/// <param name="addresses">Its <see cref="ServiceAddressActor"/>; null: the cluster has no service addresses.</param>
internal sealed class DrainActor(NodeContext node, Func<IActorRef?> addresses) : UntypedActor
{
    private static readonly TimeSpan HalfOpenPatience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ShardPatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RedirectPatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LookPause = TimeSpan.FromMilliseconds(50);

    private bool _isBusy;

    public static Props Props(NodeContext node, Func<IActorRef?> addresses) => Akka.Actor.Props.Create(() => new DrainActor(node, addresses));

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case DrainNode when _isBusy:
                Sender.Tell(new NodeDrained(new DrainOutcome(false, "it is being drained already", 0, node.Sessions.Count)));
                break;
            case DrainNode { Wish.Undo: true }:
                Serve();
                node.Log.Clu.Drained("undone, this node takes part again");
                Sender.Tell(new NodeDrained(new DrainOutcome(true, "it takes part again", 0, node.Sessions.Count)));
                break;
            case DrainNode drain:
                _isBusy = true;
                IActorRef asker = Sender;
                DrainAsync(drain.Wish).PipeTo(Self, success: outcome => new Ended(outcome, asker), failure: fault => new Ended(new DrainOutcome(false, fault.Message, 0, node.Sessions.Count), asker));
                break;
            case Ended ended:
                _isBusy = false;
                Conclude(ended.Outcome);
                ended.Asker.Tell(new NodeDrained(ended.Outcome));
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Conclude(DrainOutcome outcome)
    {
        if (outcome.IsDone)
        {
            node.Drain = DrainState.Drained;
            node.Log.Clu.Drained(outcome.Text);
            return;
        }

        Serve();
        node.Log.Clu.NotDrained(outcome.Text);
    }

    private void Serve()
    {
        node.Drain = DrainState.Serving;
        node.Actors.Router.Tell(OpenGate.Instance);
        node.Actors.Router.Tell(new RedirectNewcomers(node.Options.RedirectNewcomers));
        addresses()?.Tell(StayWithAddresses.Instance);
    }

    private async Task<DrainOutcome> DrainAsync(DrainWish wish)
    {
        TimeSpan end = node.Now + wish.Patience;
        if (Obstacle(wish) is { } obstacle) return new DrainOutcome(false, obstacle, 0, node.Sessions.Count);
        int before = Living();
        node.Drain = DrainState.Draining;
        node.Log.Clu.Draining(before);
        node.Actors.Router.Tell(new CloseGate());
        if (wish.RedirectTo is { } gateway) await RedirectAsync(gateway).ConfigureAwait(false);
        // What has just come here is handed over whole: addresses come before their shards.
        await UntilAsync(HasShardsOfItsAddresses, node.Now + ShardPatience).ConfigureAwait(false);
        // Whoever is being authenticated has a row soon, and is handed over as the others.
        await UntilAsync(() => node.Gauges.HalfOpen == 0, node.Now + HalfOpenPatience).ConfigureAwait(false);
        if (wish.Force) CloseStaying();
        if (addresses() is { } service)
        {
            TimeSpan left = end - node.Now > TimeSpan.Zero ? end - node.Now : TimeSpan.Zero;
            AddressesLeft answer = await service.Ask<AddressesLeft>(new LeaveAddresses(left, wish.Force), left + TimeSpan.FromSeconds(5)).ConfigureAwait(false);
            if (answer.Problem is { } problem) return new DrainOutcome(false, problem, before - Living(), Living());
            await UntilAsync(() => node.Shards.Current.IsEmpty && Living() == 0, end).ConfigureAwait(false);
        }

        int remaining = Living();
        return new DrainOutcome(true, $"{before - remaining} IKE_SAs handed over, {remaining} are left", before - remaining, remaining);
    }

    /// <summary>Why nothing can be handed over; null: it can.</summary>
    private string? Obstacle(DrainWish wish)
    {
        if (node.Actors.Neighbours is not { } neighbours || !neighbours.Others.Any()) return "no other node is there";
        if (Living() == 0) return null;
        if (node.Store is null) return "sessions are not stored (--store), so no other node could go on with them";
        if (!node.Store.Board.IsAvailable) return "the session store cannot be had, so no other node could go on";
        int staying = wish.Force || wish.RedirectTo is not null ? 0 : Staying().Count();
        return staying > 0 ? $"{staying} IKE_SAs are at addresses that stay with this node, which are no service addresses: force closes them" : null;
    }

    private bool HasShardsOfItsAddresses()
    {
        LocalShards here = node.Shards.Current;
        LocalShards[] wanted = [.. node.Addresses.Here.Select(node.Addresses.ShardsOf)];
        return Enumerable.Range(0, SessionId.ShardCount).All(shard => here.Contains((byte)shard) || !wanted.Any(shards => shards.Contains((byte)shard)));
    }

    private int Living() => node.Sessions.Entries.Count(entry => entry.State == IkeSaState.Established);

    /// <summary>Their peers know an address of this node alone.</summary>
    private IEnumerable<SessionEntry> Staying() => node.Sessions.Entries.Where(
        entry => entry.State == IkeSaState.Established && entry.Local is { } local && !node.Addresses.All.Contains(local.Address));

    private void CloseStaying()
    {
        foreach (SessionEntry entry in Staying()) node.Actors.Sessions.Tell(new DeliverInput(entry.Session, new Close(EndReason.DeletedByUs)));
    }

    /// <summary>Who does not follow stays, and says so in the log.</summary>
    private async Task RedirectAsync(Ike.Wire.GatewayIdentity gateway)
    {
        node.Actors.Router.Tell(new RedirectNewcomers(gateway));
        foreach (SessionId session in node.Sessions.Sessions) node.Actors.Sessions.Tell(new DeliverInput(session, new RedirectPeer(gateway)));
        int last = int.MaxValue;
        TimeSpan quiet = node.Now + TimeSpan.FromSeconds(1);
        await UntilAsync(
            () =>
            {
                if (Living() < last) (last, quiet) = (Living(), node.Now + TimeSpan.FromSeconds(1));
                return last == 0 || node.Now > quiet;
            },
            node.Now + RedirectPatience).ConfigureAwait(false);
    }

    private async Task UntilAsync(Func<bool> isSo, TimeSpan end)
    {
        while (!isSo() && node.Now < end) await Task.Delay(LookPause, node.Time).ConfigureAwait(false);
    }

    private sealed record Ended(DrainOutcome Outcome, IActorRef Asker) : INoSerializationVerificationNeeded;
}
