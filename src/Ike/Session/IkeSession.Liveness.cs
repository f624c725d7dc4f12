using Concentrator.Ike.Registries;

namespace Concentrator.Ike.Session;

/// <summary>Whether the peer lives (RFC 7296 §2.4).</summary>
public sealed partial class IkeSession
{
    private void StartLiveness()
    {
        _lastHeard = _now;
        if (_connection!.DpdDelay > TimeSpan.Zero) Arm(TimerKind.Liveness, _connection.DpdDelay);
    }

    /// <summary>RFC 7296 §2.4: an empty INFORMATIONAL asks a silent peer whether it lives; any authentic message is an answer.</summary>
    private void CheckLiveness()
    {
        if (State != IkeSaState.Established) return;
        TimeSpan silence = _now - _lastHeard;
        TimeSpan delay = _connection!.DpdDelay;
        if (silence >= delay && _sa.Outstanding is null)
        {
            Say(LogTag.Ike, Severity.Debug, "sending DPD request");
            Enqueue(new LivenessRequest());
        }

        Arm(TimerKind.Liveness, silence >= delay ? delay : delay - silence);
    }
}
