using System.Net;

namespace Concentrator.Actors.Node;

/// <summary>
/// Whom the lines are about that a thread logs while an actor has its turn on it: logs that have fields (journal, JSON) ask for <see cref="Current"/>.
/// Entering costs two writes and no memory, whoever listens.
/// </summary>
/// <param name="IkeSa">The IKE SA.</param>
/// <param name="Child">The CHILD_SA, where the line is about one.</param>
/// <param name="Peer">Where the peer is; null until that is known.</param>
public sealed record LogSubject(IkeSaName IkeSa, ChildSaName? Child, IPEndPoint? Peer)
{
    [ThreadStatic]
    private static LogSubject? t_current;

    /// <summary>Of the calling thread; null: nobody in particular.</summary>
    public static LogSubject? Current => t_current;

    /// <summary>From now on, until the turn is over or the subject changes in it.</summary>
    internal static Turn Enter(LogSubject? subject)
    {
        LogSubject? outer = t_current;
        t_current = subject;
        return new Turn(outer);
    }

    /// <summary>It has another name or another address now.</summary>
    internal static void Change(LogSubject subject) => t_current = subject;

    /// <summary>Ends with the actor's turn, on the same thread.</summary>
    internal readonly ref struct Turn(LogSubject? outer)
    {
        public void Dispose() => t_current = outer;
    }
}
