using System.Globalization;
using Concentrator.Configuration;

namespace Concentrator.Reference;

/// <summary>The page of swanctl.conf's keys, from the table that reads them.</summary>
internal static class ConfigurationReference
{
    private const string Head = """
        # Configuration keys

        The configuration file has the syntax and the keys of strongSwan's `swanctl.conf`; this page says what of it works. It is printed by `concentrator reference configuration`,
        from the table that the program reads files by.

        `concentrator check --config FILE` says what a file was understood to mean, or each mistake with file and line. Nothing is ignored silently:

        - a key that is not known is an error that names the nearest known one;
        - a key that swanctl.conf knows and Concentrator does not support is an error that says so, unless its value asks for what is done anyway (listed below each section).

        `<conn>`, `<child>` and `<name>` stand for any name, `<suffix>` for any end of a name: `local`, `local-1`, `ike-office`. A key without a value is as good as none. Sections may
        refer to others (`conn : base { … }`), and files include others (`include conf.d/*.conf`). Certificates and keys are read from the folders beside the file, as swanctl has them:
        `x509`, `x509ca`, `x509crl`, `private`, `rsa`, `ecdsa`, `pkcs8`.

        """;

    private static readonly (KeyKind Kind, string Text)[] Kinds =
    [
        (KeyKind.Flag, "`yes`, `true`, `1`, `on`, `enabled`, or `no`, `false`, `0`, `off`, `disabled`"),
        (KeyKind.Number, "decimal, or hexadecimal after `0x`"),
        (KeyKind.Time, "a number of seconds, or with `s`, `m`, `h`, `d` behind it; at most 68 years"),
        (KeyKind.Octets, "a number, or with `k`, `m`, `g` (2^10, 2^20, 2^30) behind it"),
        (KeyKind.Word, "one of those given"),
        (KeyKind.Identity, "a domain name, address, mail address, distinguished name or key id (`@#hex`); patterns with `*` where the text says so"),
        (KeyKind.Addresses, "addresses, networks, ranges `a-b`, with commas between them"),
        (KeyKind.Proposals, "with commas between them, their algorithms with `-`"),
        (KeyKind.Selectors, "networks with commas between them, each with `[protocol/port]` if it is for some traffic alone"),
        (KeyKind.Names, "with commas between them"),
    ];

    public static void Write(TextWriter page)
    {
        page.WriteLine(Head);
        Markdown.Table(page, ["type", "written as"], Kinds.Select(kind => new[] { Type(kind.Kind), kind.Text }));
        foreach (IGrouping<string, KeyRow> section in KeyTable.All.GroupBy(row => row.Parent).Where(section => section.Any(row => !row.IsPlaceholder || row.IsNumber))) WriteSection(page, section);
    }

    private static void WriteSection(TextWriter page, IGrouping<string, KeyRow> section)
    {
        // What lies in a section that is not supported is not either.
        if (section.All(row => row.Support == KeySupport.NotYet)) return;
        page.WriteLine($"## {(section.Key.Length == 0 ? "The file" : Markdown.Code(section.Key))}");
        page.WriteLine();
        Markdown.Table(
            page, ["key", "type", "default", "meaning"],
            section.Where(row => row.Support == KeySupport.Supported).Select(row => new[] { Markdown.Code(NameOf(row)), TypeOf(row), DefaultOf(row), row.About }));
        KeyRow[] others = [.. section.Where(row => row.Support != KeySupport.Supported)];
        if (others.Length == 0) return;
        page.WriteLine("Known, and not supported:");
        page.WriteLine();
        Markdown.Table(page, ["key", "accepted", "what it is"], others.Select(row => new[] { Markdown.Code(NameOf(row)), AcceptedOf(row), row.About }));
    }

    private static string NameOf(KeyRow row) => row.Path[(row.Parent.Length == 0 ? 0 : row.Parent.Length + 1)..] + (row.IsSection ? " { }" : "");

    private static string TypeOf(KeyRow row) => row switch
    {
        { Words.Count: > 0 } => string.Join(", ", row.Words.Select(Markdown.Code)),
        { Kind: KeyKind.Number, Highest: < int.MaxValue } => string.Create(CultureInfo.InvariantCulture, $"number, {row.Lowest} to {row.Highest}"),
        _ => Type(row.Kind),
    };

    private static string Type(KeyKind kind) => kind.ToString().ToLowerInvariant();

    private static string DefaultOf(KeyRow row) => row.Default.Length > 0 ? Markdown.Code(row.Default) : row.DefaultInWords;

    private static string AcceptedOf(KeyRow row) => row switch
    {
        { IsSection: true } => "only empty",
        { Accepted.Count: > 0 } => string.Join(", ", row.Accepted.Select(Markdown.Code)),
        _ => "no value",
    };
}
