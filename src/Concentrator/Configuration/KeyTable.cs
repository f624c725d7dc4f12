using static Concentrator.Configuration.KeyKind;

namespace Concentrator.Configuration;

/// <summary>
/// All keys of swanctl.conf, and what of each is supported: the one place that says so. What is accepted, what is suggested for a mistyped key,
/// and the reference for users come from here.
/// </summary>
internal static partial class KeyTable
{
    private static readonly string[] Off = ["no", "false", "0", "off", "disabled"];
    private static readonly string[] On = ["yes", "true", "1", "on", "enabled"];
    private static readonly string[] Zero = ["0", "0s"];
    private static readonly string[] NoNumber = ["0", "0x0"];
    private static readonly string[] NoMark = ["0/0x00000000", "0", "0/0", "0/0x0", "0x0/0x0", "0x00000000/0x00000000"];

    /// <summary>Every row, section by section.</summary>
    public static IReadOnlyList<KeyRow> All { get; } =
    [
        .. In("", RootRows()),
        .. In("connections", Has("<conn>", Section, "A connection to a peer, or to many alike. The name is yours to choose.")),
        .. In(ConnectionPath, ConnectionRows()),
        .. In(LocalPath, LocalRows()),
        .. In(RemotePath, RemoteRows()),
        .. In(LocalPath + ".cert<suffix>", CertificateRows()),
        .. In(RemotePath + ".cert<suffix>", CertificateRows()),
        .. In(RemotePath + ".cacert<suffix>", CertificateRows()),
        .. In(ConnectionPath + ".children", Has("<child>", Section, "A CHILD_SA. The name is yours to choose.")),
        .. In(ChildPath, ChildRows()),
        .. SecretRows(),
        .. In("pools", Has("<name>", Section, "A pool, by the name that `pools` of a connection says.")),
        .. In("pools.<name>", PoolRows()),
        .. In("authorities", Has("<name>", Section, "A certification authority that is trusted.")),
        .. In("authorities.<name>", AuthorityRows()),
    ];

    private static readonly ILookup<string, KeyRow> ByParent = All.ToLookup(r => r.Parent, StringComparer.Ordinal);

    public static IEnumerable<KeyRow> Root => ByParent[""];

    public static IEnumerable<KeyRow> Connection => ByParent[ConnectionPath];

    public static IEnumerable<KeyRow> Local => ByParent[LocalPath];

    public static IEnumerable<KeyRow> Remote => ByParent[RemotePath];

    public static IEnumerable<KeyRow> Child => ByParent[ChildPath];

    /// <summary>By the prefix of the section's name. Only <c>ike</c> secrets are pre-shared keys.</summary>
    public static IEnumerable<KeyRow> Secrets => ByParent["secrets"];

    /// <summary>A certificate in a section of its own.</summary>
    public static IEnumerable<KeyRow> Certificate => ByParent[LocalPath + ".cert<suffix>"];

    public static IEnumerable<KeyRow> Authority => ByParent["authorities.<name>"];

    public static IEnumerable<KeyRow> Pool => ByParent["pools.<name>"];

    /// <summary>The passphrase of a private key's file.</summary>
    public static IEnumerable<KeyRow> KeySecret => ByParent["secrets.private<suffix>"];

    public static IEnumerable<KeyRow> IkeSecret => ByParent["secrets.ike<suffix>"];

    /// <summary>The row of a key's, or a section's, name; an exact name comes before one with a suffix. Null: no such thing.</summary>
    public static KeyRow? Find(IEnumerable<KeyRow> rows, string name, bool isSection) =>
        rows.FirstOrDefault(r => r.IsSection == isSection && r.Name == name)
        ?? rows.FirstOrDefault(r => r.IsSection == isSection && r.IsNumber && PoolBinder.IsNumber(name))
        ?? rows.FirstOrDefault(r => r.IsSection == isSection && r.HasSuffix && name.StartsWith(r.Name, StringComparison.Ordinal));

    private static IEnumerable<KeyRow> In(string parent, params KeyRow[] rows) =>
        parent.Length == 0 ? rows : rows.Select(row => row.In(parent));

    private static KeyRow Has(string name, KeyKind kind, string about) => new(name, kind, KeySupport.Supported, [], about);

    private static KeyRow Only(string name, KeyKind kind, string about, params string[] accepted) => new(name, kind, KeySupport.OnlyThese, accepted, about);

    private static KeyRow Not(string name, KeyKind kind, string about) => new(name, kind, KeySupport.NotYet, [], about);
}
