using Concentrator.Actors.ChildSa;
using Concentrator.Actors.IkeSa;
using Concentrator.Actors.Routing;
using Microsoft.Extensions.Logging;

namespace Concentrator.Actors.Node;

/// <summary>
/// Tells a node's events as lines of a log, in the words of the node's own: for who wants to read of some IKE SAs alone. What is about no IKE SA is left out.
/// Called on the threads of actors, one at a time.
/// </summary>
public sealed class NodeNarrator(ILoggerFactory lines)
{
    private static readonly NodeEvents Nobody = new();

    private readonly NodeLog _log = new(lines);
    private readonly Dictionary<SessionId, IkeSaNarrator> _narrators = [];
    private readonly Lock _lock = new();

    public void Tell(NodeEvent happened)
    {
        if (happened.Subject is not { } ikeSa) return;
        lock (_lock)
        {
            switch (happened)
            {
                case IkeSaHappened something:
                    NarratorOf(ikeSa).Tell(ikeSa, something.Event);
                    break;
                case IkeSaEnded ended:
                    NarratorOf(ikeSa).TellEnd(ikeSa, ended.Reason, ended.WasEstablished);
                    _narrators.Remove(ikeSa.Session);
                    break;
                case ChildSaStateChanged changed:
                    _log.Chd.ChildSaStateChange(changed.Child, changed.From.DisplayName(), changed.To.DisplayName());
                    break;
            }
        }
    }

    private IkeSaNarrator NarratorOf(IkeSaName ikeSa)
    {
        if (!_narrators.TryGetValue(ikeSa.Session, out IkeSaNarrator? narrator)) _narrators[ikeSa.Session] = narrator = new IkeSaNarrator(_log, Nobody, TimeProvider.System);
        return narrator;
    }
}
