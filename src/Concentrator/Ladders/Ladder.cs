using Concentrator.Actors.Node;
using Concentrator.Ike.Session;

namespace Concentrator.Ladders;

/// <summary>
/// What was last seen of one IKE SA: a ring of steps, and what it looked like. Written by the actors' threads, read by any; nobody holds the lock for longer
/// than it takes to copy.
/// </summary>
internal sealed class Ladder(IkeSaName ikeSa, DateTimeOffset began, int room)
{
    private const int LongestText = 300;
    private const int FirstRoom = 16;

    private readonly Lock _lock = new();
    private LadderEntry[] _ring = new LadderEntry[Math.Min(FirstRoom, room)];
    private long _next;
    private bool? _weInitiated;
    private IkeSaName _ikeSa = ikeSa;
    private IkeSaEnded? _end;

    public int Number { get; } = ikeSa.Number;

    /// <summary>Its name is not known from the first moment on.</summary>
    public IkeSaName IkeSa
    {
        get
        {
            lock (_lock) return _ikeSa;
        }
    }

    /// <summary>When it was first seen.</summary>
    public DateTimeOffset Began { get; } = began;

    /// <summary>Where it stands in the recorder's queue; the recorder's alone.</summary>
    public LinkedListNode<Ladder>? Place { get; set; }

    /// <summary>What it last looked like from outside; null while nobody looked.</summary>
    public IkeSaSnapshot? Face { get; set; }

    /// <summary>Both ends were authenticated at some time.</summary>
    public bool WasEstablished { get; set; }

    public IkeSaEnded? End => Volatile.Read(ref _end);

    /// <summary>The initiator stands left. Until it is known who that is, we are.</summary>
    public Side Us => (Face is { LocalSpi: not 0 } face ? face.IsInitiator : _weInitiated) == false ? Side.Right : Side.Left;

    public void Add(NodeEvent happened)
    {
        // Left is us, until somebody reads.
        IReadOnlyList<LadderStep> steps = LadderSteps.Of(Side.Left, happened);
        lock (_lock)
        {
            if (LadderSteps.SubjectOf(happened) is { } named) _ikeSa = named;
            foreach (LadderStep step in steps)
            {
                if (step is MessageStep message) _weInitiated ??= message.At == Side.Left;
                Append(happened.At, step);
            }

            if (happened is not IkeSaEnded ended) return;
            Volatile.Write(ref _end, ended);
            Append(ended.At, new StateStep(Side.Left, $"IKE_SA over: {ended.Reason}"));
        }
    }

    /// <summary>All steps from this one on that are still here, on their sides, and the number of the next one to ask for.</summary>
    public (IReadOnlyList<LadderEntry> Steps, long Next) Read(long from = 0)
    {
        lock (_lock)
        {
            long oldest = Math.Max(_next - _ring.Length, 0);
            List<LadderEntry> steps = [];
            bool crosses = Us == Side.Right;
            for (long at = Math.Max(from, oldest); at < _next; at++)
            {
                LadderEntry entry = _ring[at % _ring.Length];
                steps.Add(crosses ? entry with { Step = entry.Step with { At = LadderSteps.Across(entry.Step.At) } } : entry);
            }

            return (steps, _next);
        }
    }

    /// <summary>How many steps there have ever been: has it changed?</summary>
    public long Next
    {
        get
        {
            lock (_lock) return _next;
        }
    }

    private void Append(DateTimeOffset at, LadderStep step)
    {
        // Most have few steps: the ring grows to its size while nothing of it is overwritten yet.
        if (_next == _ring.Length && _ring.Length < room) Array.Resize(ref _ring, Math.Min(room, _ring.Length * 2));
        _ring[_next % _ring.Length] = new LadderEntry(_next, at, Shorten(step));
        _next++;
    }

    /// <summary>A peer has a hand in some of these: neither their length nor their characters are its to choose.</summary>
    private static LadderStep Shorten(LadderStep step) => step switch
    {
        MessageStep message => message with { Summary = Fit(message.Summary) },
        KernelStep kernel => kernel with { Call = Fit(kernel.Call) },
        StateStep state => state with { Text = Fit(state.Text) },
        _ => step,
    };

    private static string Fit(string text)
    {
        string safe = Printable.Text(text);
        return safe.Length <= LongestText ? safe : string.Concat(safe.AsSpan(0, LongestText), "…");
    }
}

/// <summary>A step with its number, from 0, within its ladder.</summary>
internal readonly record struct LadderEntry(long Number, DateTimeOffset At, LadderStep Step);
