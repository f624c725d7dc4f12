using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Session;

/// <summary>Whether the peer lives (RFC 7296 §2.4): any authentic message shows it, and so does ESP that comes in.</summary>
public sealed partial class IkeSession
{
    /// <summary>The kernel is asked whether ESP came in; the timer is then the bound on its answer.</summary>
    private bool _countsTraffic;

    private void StartLiveness()
    {
        _lastHeard = _now;
        if (_connection!.DpdDelay > TimeSpan.Zero) Arm(TimerKind.Liveness, _connection.DpdDelay);
    }

    private void CheckLiveness()
    {
        if (State != IkeSaState.Established) return;
        TimeSpan silence = _now - _lastHeard;
        TimeSpan delay = _connection!.DpdDelay;
        bool kernelIsSilent = _countsTraffic;
        _countsTraffic = false;
        if (silence < delay)
        {
            Arm(TimerKind.Liveness, delay - silence);
        }
        else if (_sa.Outstanding is not null)
        {
            // The repetitions of a request ask already.
            Arm(TimerKind.Liveness, delay);
        }
        else if (!kernelIsSilent && _children.Values.Any(HasPackets))
        {
            _countsTraffic = true;
            _effects.Add(new AskForTraffic());
            Arm(TimerKind.Liveness, _context.TrafficPatience);
        }
        else
        {
            AskForLife();
        }
    }

    private void OnTrafficCounted(TrafficCounted counted)
    {
        (bool received, bool sent) = (false, false);
        foreach ((uint childId, PacketCount packets) in counted.Packets)
        {
            if (!_children.TryGetValue(childId, out Child? child)) continue;
            received |= packets.Received > child.Packets.Received;
            sent |= packets.Sent > child.Packets.Sent;
            child.Packets = packets;
        }

        NoteSent(sent);
        NoteReceived(received);
    }

    /// <summary>RFC 7296 §2.4: no need to ask where ESP comes in; what only goes out shows nothing.</summary>
    private void NoteReceived(bool flows)
    {
        if (flows) _lastHeard = _now;
        if (!_countsTraffic || State != IkeSaState.Established) return;
        if (!flows && _now - _lastHeard >= _connection!.DpdDelay && _sa.Outstanding is null)
        {
            _countsTraffic = false;
            AskForLife();
        }
        else
        {
            CheckLiveness();
        }
    }

    private static bool HasPackets(Child child) => child.Phase is ChildPhase.Installed or ChildPhase.Lingering;

    /// <summary>RFC 7296 §2.4: an empty INFORMATIONAL asks a silent peer whether it lives.</summary>
    private void AskForLife()
    {
        Say(LogTag.Ike, Severity.Debug, "sending DPD request");
        Enqueue(new LivenessRequest());
        Arm(TimerKind.Liveness, _connection!.DpdDelay);
    }
}
