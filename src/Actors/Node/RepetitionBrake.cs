namespace Concentrator.Actors.Node;

/// <summary>
/// For what a stranger can make a node say as often as he likes: lets each text pass once a minute, and tells how often it was held back since. Bounded: of very many
/// texts in one minute the last ones are held back altogether. Safe from any thread.
/// </summary>
internal sealed class RepetitionBrake(TimeProvider time)
{
    private const int MostTexts = 64;
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, (long Since, int Held)> _said = [];

    /// <param name="text">What is to be said, without what changes each time, such as a port.</param>
    /// <param name="held">How often it was not said since it was said last.</param>
    public bool Passes(string text, out int held)
    {
        lock (_lock)
        {
            held = 0;
            if (_said.TryGetValue(text, out (long Since, int Held) last))
            {
                held = last.Held;
                if (time.GetElapsedTime(last.Since) < Period)
                {
                    _said[text] = (last.Since, last.Held + 1);
                    return false;
                }
            }
            else if (_said.Count >= MostTexts)
            {
                foreach (string old in _said.Where(one => time.GetElapsedTime(one.Value.Since) >= Period).Select(one => one.Key).ToList()) _said.Remove(old);
                if (_said.Count >= MostTexts) return false;
            }

            _said[text] = (time.GetTimestamp(), 0);
            return true;
        }
    }
}
