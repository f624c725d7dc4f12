using Concentrator.Actors.Node;

namespace Concentrator.Actors.Store;

internal sealed partial class SessionStoreActor
{
    /// <summary>Tells observers how long the database took for a transaction that it committed.</summary>
    private async Task<T> TimedAsync<T>(Task<T> write, int rows)
    {
        long began = node.Time.GetTimestamp();
        T answer = await write.ConfigureAwait(false);
        if (node.Events.IsObserved) node.Events.Publish(new StoreCommitted(node.Time.GetUtcNow(), rows, node.Time.GetElapsedTime(began)));
        return answer;
    }
}
