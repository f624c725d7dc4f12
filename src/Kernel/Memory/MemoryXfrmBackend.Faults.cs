
namespace Concentrator.Kernel;

/// <summary>Faults on demand: this step, or requests like this, are refused like this, so often.</summary>
public sealed partial class MemoryXfrmBackend
{
    private readonly List<Fault> _faults = [];

    /// <summary>Refuses the next <paramref name="times"/> requests of a step, newest fault first. Probes of algorithms are no steps of a child.</summary>
    public void Refuse(XfrmStep step, int errno, string extAck = "", int times = int.MaxValue) =>
        Refuse(request => request.Step() == step && !AlgorithmProbe.IsProbe(request), errno, extAck, times);

    public void Refuse(Func<XfrmRequest, bool> matches, int errno, string extAck = "", int times = int.MaxValue)
    {
        lock (_lock) _faults.Insert(0, new Fault(matches, new XfrmReply(errno, extAck), takesEffect: false) { Left = times });
    }

    /// <summary>The request is carried out, but its answer is lost: the caller sees a time-out and cannot know.</summary>
    public void LoseAnswer(XfrmStep step, int times = 1)
    {
        lock (_lock)
            _faults.Insert(0, new Fault(request => request.Step() == step, new XfrmReply(Errno.ETIMEDOUT), takesEffect: true) { Left = times });
    }

    /// <summary>All is well again.</summary>
    public void ClearFaults()
    {
        lock (_lock) _faults.Clear();
    }

    private XfrmReply? FaultFor(XfrmRequest request)
    {
        Fault? fault = _faults.Find(f => f.Left > 0 && f.Matches(request));
        if (fault is null) return null;
        fault.Left--;
        if (fault.TakesEffect) Perform(request);
        return fault.Reply;
    }

    private sealed class Fault(Func<XfrmRequest, bool> matches, XfrmReply reply, bool takesEffect)
    {
        public Func<XfrmRequest, bool> Matches { get; } = matches;

        public XfrmReply Reply { get; } = reply;

        public bool TakesEffect { get; } = takesEffect;

        public int Left { get; set; }
    }
}
