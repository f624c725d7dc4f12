using Concentrator.Actors.IkeSa;
using Concentrator.Ike.Session;

namespace Concentrator.Actors.Node;

/// <summary>
/// Keys that are not configured any more. IKE SAs that had begun when they went may hold one until both ends are authenticated; after that it is zeroed.
/// Safe from any thread.
/// </summary>
internal sealed class RetiredSecrets : IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<(IDisposable Secret, int LastIkeSa)> _secrets = [];

    /// <param name="secrets">They are this object's from now on.</param>
    /// <param name="lastIkeSa">The number of the newest IKE SA: later ones never see them.</param>
    public void Add(IEnumerable<IDisposable> secrets, int lastIkeSa)
    {
        lock (_lock) _secrets.AddRange(secrets.Select(secret => (secret, lastIkeSa)));
    }

    /// <summary>True when none is left.</summary>
    public bool DisposeUnneeded(SessionDirectory sessions)
    {
        lock (_lock)
        {
            if (_secrets.Count == 0) return true;
            int oldest = sessions.Entries.Where(entry => IsUnauthenticated(entry.State)).Select(entry => entry.Number).DefaultIfEmpty(int.MaxValue).Min();
            foreach ((IDisposable secret, _) in _secrets.Where(s => s.LastIkeSa < oldest)) secret.Dispose();
            _secrets.RemoveAll(s => s.LastIkeSa < oldest);
            return _secrets.Count == 0;
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            foreach ((IDisposable secret, _) in _secrets) secret.Dispose();
            _secrets.Clear();
        }
    }

    private static bool IsUnauthenticated(IkeSaState state) =>
        state is IkeSaState.Created or IkeSaState.InitRequested or IkeSaState.InitAnswered or IkeSaState.AuthRequested;
}
