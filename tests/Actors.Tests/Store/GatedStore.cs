using Concentrator.Actors.Routing;
using Concentrator.Actors.Store;

namespace Concentrator.Actors.Tests.Store;

/// <summary>A real store whose writes wait until they are let through, and that can be cut off.</summary>
internal sealed class GatedStore(ISessionStore inner) : ISessionStore
{
    private TaskCompletionSource _gate = Opened();

    public List<StoreBatch> Batches { get; } = [];

    /// <summary>By name, but for beats, in the order in which they came.</summary>
    public List<string> Calls { get; } = [];

    public bool IsCutOff { get => Volatile.Read(ref field); set => Volatile.Write(ref field, value); }

    public void Close() => _gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Open() => _gate.SetResult();

    public Task<long> BeginLifeAsync(NodeIdentity node, CancellationToken cancel) => Pass(() => inner.BeginLifeAsync(node, cancel));

    public Task<LifeState> BeatAsync(long epoch, int member, CancellationToken cancel) => Pass(() => inner.BeatAsync(epoch, member, cancel));

    public Task GiveUpAsync(IReadOnlyCollection<int> members, CancellationToken cancel) => Pass(async () =>
    {
        Calls.Add(nameof(GiveUpAsync));
        await inner.GiveUpAsync(members, cancel);
        return true;
    });

    public Task EndLifeAsync(long epoch, CancellationToken cancel) => inner.EndLifeAsync(epoch, cancel);

    public async Task<IReadOnlyCollection<SessionId>> WriteAsync(long epoch, StoreBatch batch, CancellationToken cancel)
    {
        Batches.Add(batch);
        Calls.Add(nameof(WriteAsync));
        await _gate.Task.WaitAsync(cancel);
        return await Pass(() => inner.WriteAsync(epoch, batch, cancel));
    }

    public Task<IReadOnlyList<ClaimedSession>> ClaimAsync(long epoch, IReadOnlyCollection<byte> shards, IReadOnlyCollection<SessionId> living, CancellationToken cancel)
    {
        Calls.Add(nameof(ClaimAsync));
        return Pass(() => inner.ClaimAsync(epoch, shards, living, cancel));
    }

    public Task<IReadOnlyList<ClaimedSession>> ReadAsync(IReadOnlyCollection<SessionId> sessions, CancellationToken cancel) => Pass(() => inner.ReadAsync(sessions, cancel));

    public Task SampleAsync(IReadOnlyCollection<ReplaySample> samples, CancellationToken cancel)
    {
        Calls.Add(nameof(SampleAsync));
        return inner.SampleAsync(samples, cancel);
    }

    public Task<IReadOnlyList<ReplaySample>> ReserveAsync(IReadOnlyCollection<ChildKey> children, uint count, CancellationToken cancel)
    {
        Calls.Add(nameof(ReserveAsync));
        return Pass(() => inner.ReserveAsync(children, count, cancel));
    }

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private Task<T> Pass<T>(Func<Task<T>> call) => IsCutOff ? Task.FromException<T>(new StoreUnreachableException("cut off", new IOException())) : call();

    private static TaskCompletionSource Opened()
    {
        TaskCompletionSource opened = new();
        opened.SetResult();
        return opened;
    }
}
