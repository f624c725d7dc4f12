using static Concentrator.Configuration.KeyKind;

namespace Concentrator.Configuration;

/// <summary>The rows themselves, in the order of swanctl.conf's manual.</summary>
internal static partial class KeyTable
{
    private const string ConnectionPath = "connections.<conn>";
    private const string LocalPath = ConnectionPath + ".local<suffix>";
    private const string RemotePath = ConnectionPath + ".remote<suffix>";
    private const string ChildPath = ConnectionPath + ".children.<child>";

    private static KeyRow[] ConnectionRows() =>
    [
        Only("version", Number, "2", "0"),
        Has("local_addrs", Addresses),
        Has("remote_addrs", Addresses),
        Has("local_port", Number),
        Has("remote_port", Number),
        Has("proposals", Proposals),
        Has("vips", Addresses),
        Only("aggressive", Flag, Off),
        Only("pull", Flag, On),
        Only("dscp", Text, "000000"),
        Has("encap", Flag),
        Has("mobike", Flag),
        Has("dpd_delay", Time),
        // For IKEv1 alone: swanctl.conf, too, takes any value and does nothing with it for IKEv2.
        Has("dpd_timeout", Time),
        Has("fragmentation", Word),
        Only("childless", Word, "allow"),
        Has("send_certreq", Flag),
        Has("send_cert", Word),
        Only("ocsp", Word, "never"),
        Not("ppk_id", Identity),
        Only("ppk_required", Flag, Off),
        Has("keyingtries", Number),
        Has("unique", Word),
        Only("reauth_time", Time, Zero),
        Has("rekey_time", Time),
        Has("over_time", Time),
        Has("rand_time", Time),
        Has("pools", Names),
        Only("if_id_in", Number, NoNumber),
        Only("if_id_out", Number, NoNumber),
        Only("mediation", Flag, Off),
        Not("mediated_by", Text),
        Not("mediation_peer", Identity),
        Has("local<suffix>", Section),
        Has("remote<suffix>", Section),
        Has("children", Section),
    ];

    private static KeyRow[] LocalRows() =>
    [
        Only("round", Number, "0", "1"),
        Has("certs", Names),
        Has("cert<suffix>", Section),
        Not("pubkeys", Names),
        Has("auth", Word),
        Has("id", Identity),
        Not("eap_id", Identity),
        Not("aaa_id", Identity),
        Not("xauth_id", Identity),
    ];

    private static KeyRow[] RemoteRows() =>
    [
        Only("round", Number, "0", "1"),
        Has("id", Identity),
        Not("eap_id", Identity),
        Not("groups", Names),
        Not("cert_policy", Names),
        Has("certs", Names),
        Has("cert<suffix>", Section),
        Has("cacerts", Names),
        Has("cacert<suffix>", Section),
        Not("ca_id", Identity),
        Not("pubkeys", Names),
        Has("revocation", Word),
        Has("auth", Word),
    ];

    private static KeyRow[] ChildRows() =>
    [
        Not("ah_proposals", Proposals),
        Has("esp_proposals", Proposals),
        Only("sha256_96", Flag, Off),
        Has("local_ts", Selectors),
        Has("remote_ts", Selectors),
        Has("rekey_time", Time),
        Has("life_time", Time),
        Has("rand_time", Time),
        Has("rekey_bytes", Octets),
        Has("life_bytes", Octets),
        Has("rand_bytes", Octets),
        Has("rekey_packets", Number),
        Has("life_packets", Number),
        Has("rand_packets", Number),
        Has("updown", Text),
        Only("hostaccess", Flag, Off),
        Has("mode", Word),
        Only("policies", Flag, On),
        Only("policies_fwd_out", Flag, Off),
        Has("dpd_action", Word),
        Only("ipcomp", Flag, Off),
        Only("inactivity", Time, Zero),
        Has("reqid", Number),
        Only("priority", Number, "0"),
        Not("interface", Text),
        Only("mark_in", Mark, NoMark),
        Only("mark_in_sa", Flag, Off),
        Only("mark_out", Mark, NoMark),
        Only("set_mark_in", Mark, NoMark),
        Only("set_mark_out", Mark, NoMark),
        Only("if_id_in", Number, NoNumber),
        Only("if_id_out", Number, NoNumber),
        Not("label", Text),
        Only("label_mode", Word, "system"),
        Only("tfc_padding", Number, "0"),
        Has("replay_window", Number),
        Only("hw_offload", Word, Off),
        Only("copy_df", Flag, On),
        Only("copy_ecn", Flag, On),
        Only("copy_dscp", Word, "out"),
        Has("start_action", Word),
        Has("close_action", Word),
        Only("per_cpu_sas", Word, Off),
    ];

    private static KeyRow[] PoolRows() =>
    [
        Has("addrs", Addresses),
        Not("address", Addresses),
        Has("dns", Addresses),
        Has("nbns", Addresses),
        Has("dhcp", Addresses),
        Has("netmask", Addresses),
        Has("server", Addresses),
        Has("subnet", Addresses),
        Has("split_include", Addresses),
        Has("split_exclude", Addresses),
        Has("<number>", Text),
    ];

    private static IEnumerable<KeyRow> SecretRows() =>
    [
        .. In("secrets", Has("ike<suffix>", Section)),
        .. In("secrets.ike<suffix>", Has("secret", Secret), Has("id<suffix>", Identity)),
        .. SecretsOf("eap", Not("secret", Secret), Not("id<suffix>", Identity)),
        .. SecretsOf("xauth", Not("secret", Secret), Not("id<suffix>", Identity)),
        .. SecretsOf("ntlm", Not("secret", Secret), Not("id<suffix>", Identity)),
        .. SecretsOf("ppk", Not("secret", Secret), Not("id<suffix>", Identity)),
        .. KeysOf("private"),
        .. KeysOf("rsa"),
        .. KeysOf("ecdsa"),
        .. KeysOf("pkcs8"),
        .. SecretsOf("pkcs12", Not("file", Text), Not("secret", Secret)),
        .. SecretsOf("token", Not("handle", Text), Not("slot", Number), Not("module", Text), Not("pin", Secret)),
    ];

    private static IEnumerable<KeyRow> SecretsOf(string kind, params KeyRow[] rows) =>
        [.. In("secrets", Not($"{kind}<suffix>", Section)), .. In($"secrets.{kind}<suffix>", rows)];

    private static IEnumerable<KeyRow> KeysOf(string kind) =>
        [.. In("secrets", Has($"{kind}<suffix>", Section)), .. In($"secrets.{kind}<suffix>", Has("file", Text), Has("secret", Secret))];

    /// <summary>A certificate in a file, or on a token.</summary>
    private static KeyRow[] CertificateRows() => [Has("file", Text), Not("handle", Text), Not("slot", Number), Not("module", Text)];
}
