namespace Concentrator.Configuration;

/// <summary>A mistake in a configuration file: where it is, which key it is about (empty: the file itself), and what is wrong.</summary>
public sealed record ConfigurationError(string File, int Line, string Key, string Message)
{
    public override string ToString()
    {
        string place = Line > 0 ? $"{File}:{Line}" : File;
        return Key.Length > 0 ? $"{place}: {Key}: {Message}" : $"{place}: {Message}";
    }
}
