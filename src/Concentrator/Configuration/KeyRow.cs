namespace Concentrator.Configuration;

/// <summary>How far a known key of swanctl.conf is supported.</summary>
internal enum KeySupport
{
    Supported,

    /// <summary>Only values that ask for what this program does anyway.</summary>
    OnlyThese,

    NotYet,
}

/// <summary>What a key holds; lists have commas between their parts.</summary>
internal enum KeyKind
{
    Section,
    Flag,
    Number,
    Time,
    Octets,
    Word,
    Text,
    Identity,
    Addresses,
    Proposals,
    Selectors,
    Names,
    Mark,
    Secret,
}

/// <summary>
/// One key, or one section, of swanctl.conf. In <see cref="Path"/> <c>&lt;conn&gt;</c> is any name and <c>&lt;suffix&gt;</c> any end of a name, as in the
/// manual of swanctl.conf. <see cref="Accepted"/>: for <see cref="KeySupport.OnlyThese"/>, the values that change nothing. <see cref="About"/> is a sentence for people.
/// </summary>
internal sealed record KeyRow(string Path, KeyKind Kind, KeySupport Support, IReadOnlyList<string> Accepted, string About)
{
    private const string Suffix = "<suffix>";

    /// <summary>What is read where the key is missing or empty, as it would be written; empty: nothing.</summary>
    public string Default { get; private init; } = "";

    /// <summary>In words, where it depends on other keys.</summary>
    public string DefaultInWords { get; private init; } = "";

    /// <summary>For <see cref="KeyKind.Number"/>.</summary>
    public int Lowest { get; private init; }

    public int Highest { get; private init; } = int.MaxValue;

    /// <summary>For <see cref="KeyKind.Word"/>: all there are.</summary>
    public IReadOnlyList<string> Words { get; private init; } = [];

    /// <summary>The path of the section that this is in; empty at the root.</summary>
    public string Parent { get; } = Path.Contains('.') ? Path[..Path.LastIndexOf('.')] : "";

    /// <summary>The last name of the path, without what may follow it.</summary>
    public string Name { get; } = Path[(Path.LastIndexOf('.') + 1)..].Replace(Suffix, "", StringComparison.Ordinal);

    public bool IsSection => Kind == KeyKind.Section;

    /// <summary>Stands for whatever name the user chooses.</summary>
    public bool IsPlaceholder => Name.StartsWith('<');

    /// <summary>Stands for any number.</summary>
    public bool IsNumber => Name == "<number>";

    public bool HasSuffix => Path.EndsWith(Suffix, StringComparison.Ordinal);

    /// <summary>Where nothing is accepted as a time or an amount, nothing in every unit is.</summary>
    public bool Accepts(string value) =>
        Accepted.Contains(value, StringComparer.OrdinalIgnoreCase)
        || (Kind is KeyKind.Time or KeyKind.Octets && Accepted.Contains("0") && Units.IsZero(value));

    /// <summary>The same row in a section.</summary>
    public KeyRow In(string parent) => new($"{parent}.{Path}", Kind, Support, Accepted, About)
    {
        Default = Default,
        DefaultInWords = DefaultInWords,
        Lowest = Lowest,
        Highest = Highest,
        Words = Words,
    };

    public KeyRow Else(string value) => this with { Default = value };

    public KeyRow ElseAs(string words) => this with { DefaultInWords = words };

    public KeyRow From(int lowest, int highest) => this with { Lowest = lowest, Highest = highest };

    public KeyRow OneOf(IEnumerable<string> words) => this with { Words = [.. words] };

    /// <summary>The names of an enum, in lower case.</summary>
    public KeyRow OneOf<T>()
        where T : struct, Enum => OneOf(Enum.GetNames<T>().Select(name => name.ToLowerInvariant()));
}
