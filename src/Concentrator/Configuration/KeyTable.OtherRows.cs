using static Concentrator.Configuration.KeyKind;

namespace Concentrator.Configuration;

/// <summary>The rows of pools, authorities and secrets.</summary>
internal static partial class KeyTable
{
    private static KeyRow[] PoolRows() =>
    [
        Has("addrs", Addresses, "A network or a range; an address is in one pool alone.").ElseAs("required"),
        Not("address", Addresses, "Any attribute, by its old name."),
        Has("dns", Addresses, "Name servers that the peer is told, IPv4 and IPv6.").ElseAs("none"),
        Has("nbns", Addresses, "WINS servers.").ElseAs("none"),
        Has("dhcp", Addresses, "DHCP servers.").ElseAs("none"),
        Has("netmask", Addresses, "INTERNAL_IP4_NETMASK.").ElseAs("none"),
        Has("server", Addresses, "INTERNAL_IP4_SERVER, INTERNAL_IP6_SERVER.").ElseAs("none"),
        Has("subnet", Addresses, "The networks that this gateway protects.").ElseAs("none"),
        Has("split_include", Addresses, "Networks to reach through the tunnel, for clients that know Unity.").ElseAs("none"),
        Has("split_exclude", Addresses, "Networks not to, for them.").ElseAs("none"),
        Has("<number>", Text, "An attribute by its number, 1 to 32767: an address, a network, or text.").ElseAs("none"),
    ];

    private static KeyRow[] AuthorityRows() =>
    [
        Has("cacert", Text, "Its certificate: a file, by absolute path or in the folder `x509ca`.").ElseAs("required"),
        .. CertificateRows(),
        Has("crl_uris", Names, "Where its CRLs are, besides where its certificates say; `http://` only.").ElseAs("none"),
        Has("ocsp_uris", Names, "Its OCSP responders, besides those that its certificates name, and asked before them; `http://` only.").ElseAs("none"),
        Not("cert_uri_base", Text, "Certificates by hash and URL."),
    ];

    private static IEnumerable<KeyRow> SecretRows() =>
    [
        .. In("secrets", Has("ike<suffix>", Section, "A pre-shared key.")),
        .. In(
            "secrets.ike<suffix>",
            Has("secret", Secret, "Text, `0x` and hexadecimal digits, or `0s` and Base64.").ElseAs("required"),
            Has("id<suffix>", Identity, "Whose it is, an identity or a pattern; any number of them. The best fit for both ends is taken.").ElseAs("anybody's")),
        .. SecretsOf("eap", "EAP.", NoSecret),
        .. SecretsOf("xauth", "XAuth of IKEv1.", NoSecret),
        .. SecretsOf("ntlm", "EAP with an NTLM hash.", NoSecret),
        .. SecretsOf("ppk", "Post-quantum pre-shared keys (RFC 8784).", NoSecret),
        .. KeysOf("private"),
        .. KeysOf("rsa"),
        .. KeysOf("ecdsa"),
        .. KeysOf("pkcs8"),
        .. SecretsOf("pkcs12", "PKCS#12 containers.", Not("file", Text, "The container."), Not("secret", Secret, "Its passphrase.")),
        .. SecretsOf("token", "Private keys on tokens.", Not("handle", Text, "The key."), Not("slot", Number, "Of the token."), Not("module", Text, "Of the token."), Not("pin", Secret, "Of the token.")),
    ];

    private static KeyRow[] NoSecret => [Not("secret", Secret, "The secret."), Not("id<suffix>", Identity, "Whose it is.")];

    private static IEnumerable<KeyRow> SecretsOf(string kind, string about, params KeyRow[] rows) =>
        [.. In("secrets", Not($"{kind}<suffix>", Section, about)), .. In($"secrets.{kind}<suffix>", rows)];

    private static IEnumerable<KeyRow> KeysOf(string kind) =>
    [
        .. In("secrets", Has($"{kind}<suffix>", Section, $"The passphrase of a private key in the folder `{kind}`.")),
        .. In($"secrets.{kind}<suffix>", Has("file", Text, "The key's file.").ElseAs("required"), Has("secret", Secret, "Its passphrase.").ElseAs("required")),
    ];
}
