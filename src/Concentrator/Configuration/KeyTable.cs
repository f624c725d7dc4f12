namespace Concentrator.Configuration;

/// <summary>How far a known key of swanctl.conf is supported.</summary>
internal enum KeySupport
{
    Supported,

    /// <summary>Only values that ask for what this program does anyway.</summary>
    OnlyThese,

    NotYet,
}

/// <summary>
/// One key, or one section, of swanctl.conf. <see cref="Accepted"/>: for <see cref="KeySupport.OnlyThese"/>, the values that change nothing;
/// where 0 is one of them, so is a zero time or amount in any unit.
/// </summary>
internal sealed record KeyRow(string Name, KeySupport Support, params string[] Accepted)
{
    public bool IsSection { get; init; }

    public bool Accepts(string value) =>
        Accepted.Contains(value, StringComparer.OrdinalIgnoreCase) || (Accepted.Contains("0s") && Units.IsZero(value));
}

/// <summary>All keys of swanctl.conf, section by section: what is known, and what of it is supported. A name that ends in * is a prefix.</summary>
internal static class KeyTable
{
    private static readonly string[] Off = ["no", "false", "0", "off", "disabled"];
    private static readonly string[] On = ["yes", "true", "1", "on", "enabled"];
    private static readonly string[] Zero = ["0", "0s"];

    public static IReadOnlyList<KeyRow> Root { get; } =
        [Section("connections"), Section("secrets"), NoSection("pools"), NoSection("authorities")];

    public static IReadOnlyList<KeyRow> Connection { get; } =
    [
        Only("version", "2", "0"), Yes("local_addrs"), Yes("remote_addrs"), Yes("local_port"), Yes("remote_port"), Yes("proposals"),
        No("vips"), Only("aggressive", Off), Only("pull", On), No("dscp"), Yes("encap"), Only("mobike", Off), Yes("dpd_delay"),
        Any("dpd_timeout"), Only("fragmentation", Off), Only("childless", "allow"), Only("send_certreq", Off), Only("send_cert", "never"),
        No("ocsp"), No("ppk_id"), Only("ppk_required", Off), Yes("keyingtries"), Yes("unique"), Only("reauth_time", Zero), Only("rekey_time", Zero),
        Only("over_time", Zero), Only("rand_time", Zero), No("pools"), No("if_id_in"), No("if_id_out"), Only("mediation", Off), No("mediated_by"),
        No("mediation_peer"), Section("local*"), Section("remote*"), Section("children"),
    ];

    public static IReadOnlyList<KeyRow> Auth { get; } =
    [
        Only("round", "0", "1"), No("certs"), NoSection("cert*"), No("pubkeys"), Only("auth", "psk"), Yes("id"), No("eap_id"), No("aaa_id"), No("xauth_id"),
        No("groups"), No("cert_policy"), No("cacerts"), NoSection("cacert*"), No("ca_id"), Only("revocation", "relaxed"),
    ];

    public static IReadOnlyList<KeyRow> Child { get; } =
    [
        No("ah_proposals"), Yes("esp_proposals"), Only("sha256_96", Off), Yes("local_ts"), Yes("remote_ts"), Only("rekey_time", Zero), Only("life_time", Zero),
        Only("rand_time", Zero), Only("rekey_bytes", Zero), Only("life_bytes", Zero), Only("rand_bytes", Zero), Only("rekey_packets", Zero),
        Only("life_packets", Zero), Only("rand_packets", Zero), No("updown"), Only("hostaccess", Off), Yes("mode"), Only("policies", On),
        Only("policies_fwd_out", Off), Only("dpd_action", "none", "clear"), Only("ipcomp", Off), Only("inactivity", Zero), Yes("reqid"), No("priority"),
        No("interface"), No("mark_in"), Only("mark_in_sa", Off), No("mark_out"), No("set_mark_in"), No("set_mark_out"), No("if_id_in"), No("if_id_out"),
        No("label"), No("label_mode"), Only("tfc_padding", Zero), Yes("replay_window"), Only("hw_offload", Off), Only("copy_df", On),
        Only("copy_ecn", On), Only("copy_dscp", "out"), Only("start_action", "none", "start"), Only("close_action", "none", "clear"),
        Only("per_cpu_sas", Off), Only("trap_src_addr", ""),
    ];

    /// <summary>By the prefix of the section's name. Only <c>ike*</c> secrets are for pre-shared keys.</summary>
    public static IReadOnlyList<KeyRow> Secrets { get; } =
    [
        Section("ike*"), NoSection("eap*"), NoSection("xauth*"), NoSection("ntlm*"), NoSection("ppk*"), NoSection("private*"), NoSection("rsa*"),
        NoSection("ecdsa*"), NoSection("pkcs8*"), NoSection("pkcs12*"), NoSection("token*"),
    ];

    public static IReadOnlyList<KeyRow> IkeSecret { get; } = [Yes("secret"), Yes("id"), Yes("id*")];

    private static KeyRow Yes(string name) => new(name, KeySupport.Supported);

    /// <summary>Means nothing to IKEv2, whatever its value.</summary>
    private static KeyRow Any(string name) => new(name, KeySupport.Supported);

    private static KeyRow Only(string name, params string[] accepted) => new(name, KeySupport.OnlyThese, accepted);

    private static KeyRow No(string name) => new(name, KeySupport.NotYet);

    private static KeyRow Section(string name) => new(name, KeySupport.Supported) { IsSection = true };

    private static KeyRow NoSection(string name) => new(name, KeySupport.NotYet) { IsSection = true };

    /// <summary>The row of a key's, or a section's, name; an exact name comes before a prefix. Null: no such thing.</summary>
    public static KeyRow? Find(IReadOnlyList<KeyRow> rows, string name, bool isSection) =>
        rows.FirstOrDefault(r => r.IsSection == isSection && r.Name == name)
        ?? rows.FirstOrDefault(r => r.IsSection == isSection && r.Name.EndsWith('*') && name.StartsWith(r.Name[..^1], StringComparison.Ordinal));
}
