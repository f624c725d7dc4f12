namespace Concentrator.Ike.Tests.Session;

/// <summary>Plays a test again and again, each time with other choices, until every sequence of choices was made once.</summary>
internal sealed class Exploration
{
    private const int MostRuns = 200_000;

    private readonly List<(int Choice, int Count)> _path = [];
    private int _depth;

    public int Runs { get; private set; }

    /// <summary>The choices of the run under way, for a failure's message.</summary>
    public string Path => string.Join(' ', _path.Take(_depth).Select(step => $"{step.Choice}/{step.Count}"));

    /// <summary>One of 0 … <paramref name="count"/> − 1.</summary>
    public int Choose(int count)
    {
        if (_depth == _path.Count) _path.Add((0, count));
        Assert.Equal(count, _path[_depth].Count);
        return _path[_depth++].Choice;
    }

    public static int All(Action<Exploration> play)
    {
        var exploration = new Exploration();
        do
        {
            exploration._depth = 0;
            play(exploration);
            Assert.InRange(++exploration.Runs, 1, MostRuns);
        }
        while (exploration.MoveOn());
        return exploration.Runs;
    }

    private bool MoveOn()
    {
        while (_path.Count > 0 && _path[^1].Choice + 1 == _path[^1].Count) _path.RemoveAt(_path.Count - 1);
        if (_path.Count == 0) return false;
        _path[^1] = (_path[^1].Choice + 1, _path[^1].Count);
        return true;
    }
}
