namespace Concentrator.Actors.Placement;

/// <summary>
/// What has to be done before a shard that came to this node is ready: until then nothing is minted in it, and messages for sessions that are not in the
/// directory wait at its anchor.
/// </summary>
internal interface IShardClaim
{
    /// <summary>
    /// Makes the shard's sessions this node's, and enters them in the directory. Called once each time the shard comes, and again after a pause where it
    /// failed; on no actor's thread in particular.
    /// </summary>
    /// <param name="shard">0 to 255.</param>
    /// <param name="cancel">The shard leaves before it was ready. What has begun to make its sessions ours is over when the task is.</param>
    Task ClaimAsync(byte shard, CancellationToken cancel);
}

/// <summary>Where sessions do not outlive their node there is nothing to claim.</summary>
internal sealed class NothingToClaim : IShardClaim
{
    public static NothingToClaim Instance { get; } = new();

    public Task ClaimAsync(byte shard, CancellationToken cancel) => Task.CompletedTask;
}
