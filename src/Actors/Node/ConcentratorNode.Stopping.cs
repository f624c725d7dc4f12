using Akka.Actor;
using Concentrator.Actors.Clustering.Addresses;
using Concentrator.Actors.Connections;
using Concentrator.Actors.Draining;
using Concentrator.Actors.IkeSa;
using Concentrator.Actors.Routing;
using Concentrator.Actors.Store;
using Concentrator.Actors.Updown;
using Concentrator.Ike.Session;

namespace Concentrator.Actors.Node;

public sealed partial class ConcentratorNode
{
    private static readonly TimeSpan StepGrace = TimeSpan.FromSeconds(1);

    private int _stopping;

    /// <summary>
    /// Stops in order, within five seconds, unless it is drained first (<see cref="NodeOptions.DrainOnStop"/>): nothing new begins, peers get a Delete and a while to answer, the kernel is swept, the sockets close.
    /// A second call does nothing.
    /// </summary>
    public async Task StopAsync()
    {
        if (Interlocked.Exchange(ref _stopping, 1) != 0) return;
        TimeSpan started = _node.Now;
        bool isCutOff = WhenCutOff.IsCompleted;
        bool isSilent = !isCutOff && _node.Options.DrainOnStop && !await DrainBeforeStopAsync().ConfigureAwait(false);
        _node.KeepsRows |= isCutOff || isSilent;
        if (isCutOff) _node.Log.Clu.CutOff();
        else if (isSilent) _node.Log.Clu.StoppingSilently();
        else _node.Log.Clu.Stopping(_node.Sessions.Count);
        _node.Actors.Router.Tell(new CloseGate());
        _node.Actors.Connections.Tell(new StopCalling());
        await CloseSessionsAsync(isCutOff, isSilent).ConfigureAwait(false);

        if (_serviceAddresses is not null) await ReleaseAddressesAsync(_serviceAddresses).ConfigureAwait(false);
        await StopStoreAsync().ConfigureAwait(false);
        await StopActorAsync(_node.Actors.Kernel).ConfigureAwait(false);
        await FinishScriptsAsync().ConfigureAwait(false);
        foreach (IActorRef socket in _sockets) await StopActorAsync(socket).ConfigureAwait(false);
        await _akka.StopAsync(CancellationToken.None).ConfigureAwait(false);
        await ReleaseAsync().ConfigureAwait(false);
        _node.Log.Clu.Stopped((_node.Now - started).TotalSeconds);
    }

    /// <summary>
    /// Completes when the other nodes have gone on without this one: it was cut off, stood still, or is in the smaller half. Its IKE SAs are theirs now, so
    /// all that is left to do is <see cref="StopAsync"/>, which then tells no peer anything, and to start anew.
    /// </summary>
    public Task WhenCutOff => _akka.WhenRemoved;

    /// <summary>For tests: ends as SIGKILL does, without a word to peers or nodes. The kernel keeps what it has.</summary>
    internal async Task CrashAsync()
    {
        if (Interlocked.Exchange(ref _stopping, 1) != 0) return;
        _node.IsAborted = true;
        foreach (IActorRef socket in _sockets) await StopActorAsync(socket).ConfigureAwait(false);
        await _akka.CrashAsync().ConfigureAwait(false);
        await ReleaseAsync().ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        await _akka.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>What the actors used, when they have ended.</summary>
    private async Task ReleaseAsync()
    {
        if (_ownsBackend) _backend.Dispose();
        if (_node.Options.Addresses is null) _addresses?.Dispose();
        if (_node.Store is { } store) await store.DisposeAsync().ConfigureAwait(false);
        _hostAddresses.Dispose();
        _node.Dispose();
        _node.Events.Complete();
    }

    /// <summary>Scripts of tunnels that went down have a while to end; then they are killed.</summary>
    private async Task FinishScriptsAsync()
    {
        await IsDoneAsync(_node.Actors.Updown.Ask<Akka.Done>(new AwaitScripts(), StepGrace), StepGrace).ConfigureAwait(false);
        await StopActorAsync(_node.Actors.Updown).ConfigureAwait(false);
    }

    /// <summary>First with a Delete each; those whose peers do not answer in time are abandoned, and so are all that other nodes have by now.</summary>
    private async Task CloseSessionsAsync(bool isCutOff, bool isSilent)
    {
        // They ended with the actor system, which goes down with the membership.
        if (isCutOff) return;
        Task empty = _node.Sessions.WhenEmptyAsync();
        if (isSilent)
        {
            TellAll(new Fenced());
            await IsDoneAsync(empty, StepGrace).ConfigureAwait(false);
            return;
        }

        TellAll(new Close(EndReason.DeletedByUs));
        if (await IsDoneAsync(empty, _node.Options.CloseGrace).ConfigureAwait(false)) return;
        _node.Log.Clu.Unanswered(_node.Sessions.Count);
        TellAll(new Abandon(EndReason.DeletedByUs));
        await IsDoneAsync(empty, StepGrace).ConfigureAwait(false);
    }

    /// <summary>False: what is here could not go to other nodes, and is not to be closed either: it is stored, and somebody may go on with it.</summary>
    private async Task<bool> DrainBeforeStopAsync()
    {
        try
        {
            DrainOutcome outcome = await DrainAsync(null, new DrainWish { Force = true, Patience = _node.Options.DrainPatience }).ConfigureAwait(false);
            return outcome.IsDone || _node.Store is null;
        }
        catch (RequestRefusedException)
        {
            return _node.Store is null;
        }
    }

    /// <summary>The rows of those that were closed go, and the life is over in the database as well.</summary>
    private async Task StopStoreAsync()
    {
        if (_node.Store is null) return;
        try
        {
            await _node.Actors.Store.Ask<StoreSettled>(SettleStore.Instance, StepGrace).ConfigureAwait(false);
        }
        catch (AskTimeoutException)
        {
            // The rows stay; a peer that was told Delete answers nobody who comes with them.
        }

        await StopActorAsync(_node.Actors.Store).ConfigureAwait(false);
    }

    private void TellAll(SessionInput input)
    {
        foreach (SessionId session in _node.Sessions.Sessions) _node.Actors.Sessions.Tell(new DeliverInput(session, input));
    }

    /// <summary>The cluster is told that they are free: the next holder waits for no lease.</summary>
    private static async Task ReleaseAddressesAsync(IActorRef addresses)
    {
        await IsDoneAsync(addresses.Ask<AddressesGone>(DrainAddresses.Instance), StepGrace).ConfigureAwait(false);
        await StopActorAsync(addresses).ConfigureAwait(false);
    }

    private static async Task<bool> IsDoneAsync(Task task, TimeSpan grace)
    {
        try
        {
            await task.WaitAsync(grace).ConfigureAwait(false);
            return true;
        }
        catch (Exception late) when (late is TimeoutException or AskTimeoutException)
        {
            return false;
        }
    }

    private static async Task StopActorAsync(IActorRef actor)
    {
        try
        {
            await actor.GracefulStop(StepGrace).ConfigureAwait(false);
        }
        catch (TaskCanceledException)
        {
            // It ends with the actor system.
        }
    }
}
