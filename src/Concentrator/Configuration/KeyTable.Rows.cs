using Concentrator.Ike.Configuration;
using static Concentrator.Configuration.KeyKind;

namespace Concentrator.Configuration;

/// <summary>The rows of connections and their sides, in the order of swanctl.conf's manual.</summary>
internal static partial class KeyTable
{
    private const string ConnectionPath = "connections.<conn>";
    private const string LocalPath = ConnectionPath + ".local<suffix>";
    private const string RemotePath = ConnectionPath + ".remote<suffix>";
    private const string ChildPath = ConnectionPath + ".children.<child>";

    private static KeyRow[] RootRows() =>
    [
        Has("connections", Section, "Peers, and the tunnels to them."),
        Has("secrets", Section, "Pre-shared keys, and passphrases of private keys."),
        Has("pools", Section, "Addresses for peers inside the tunnel."),
        Has("authorities", Section, "Certification authorities, besides those in the folder `x509ca`."),
    ];

    private static KeyRow[] ConnectionRows() =>
    [
        Only("version", Number, "The version of IKE. There is no IKEv1.", "2", "0"),
        Has("local_addrs", Addresses, "Where this gateway may be reached: addresses, networks, ranges, host names. As initiator the first single address is the source.").Else("%any"),
        Has("remote_addrs", Addresses, "Where the peer may come from. As initiator the first single address is called; with none the gateway only waits.").Else("%any"),
        Has("local_port", Number, "The port to call from, where the node listens on it (`--port`, `--nat-port`); else the IKE port.").From(0, ushort.MaxValue).Else("500"),
        Has("remote_port", Number, "The peer's IKE port.").From(1, ushort.MaxValue).Else("500"),
        Has("proposals", Proposals, "IKE proposals in order of preference, such as `aes256gcm16-prfsha384-x25519`. `default`: an AEAD one and a classic one over all that is supported.").Else("default"),
        Has("vips", Addresses, "As client: the addresses inside the tunnel to ask for; `0.0.0.0` and `::` ask for any. At most 8.").ElseAs("none"),
        Only("aggressive", Flag, "Aggressive mode of IKEv1.", Off),
        Only("pull", Flag, "Mode config of IKEv1 by pull.", On),
        Only("dscp", Text, "DSCP of IKE packets.", "000000"),
        Has("encap", Flag, "ESP always in UDP, as if a NAT were on the way.").Else("no"),
        Has("mobike", Flag, "MOBIKE (RFC 4555): the IKE_SA follows its peers to other addresses.").Else("yes"),
        Has("dpd_delay", Time, "Silence of the peer until it is asked whether it lives; 0: never.").Else("0s"),
        // For IKEv1 alone: swanctl.conf, too, takes any value and does nothing with it for IKEv2.
        Has("dpd_timeout", Time, "For IKEv1 alone: read, and without effect. A peer is dead when all retransmissions are spent.").ElseAs("none"),
        Has("fragmentation", Word, "IKE fragmentation (RFC 7383). `accept`: takes fragments and sends none; `force`: sends them from the first protected message on.").OneOf(ConnectionBinder.Fragmentation.Keys).Else("yes"),
        Only("childless", Word, "Initiation without a child (RFC 6023): taken, and done when the kernel refuses the first child.", "allow"),
        Has("send_certreq", Flag, "Ask the peer for certificates of the authorities that are trusted.").Else("yes"),
        Has("send_cert", Word, "When our certificates are sent: when the peer asks for them, always, never.").OneOf<SendCertificatePolicy>().Else("ifasked"),
        Only("ocsp", Word, "OCSP inside IKE.", "never"),
        Not("ppk_id", Identity, "The post-quantum pre-shared key to use (RFC 8784)."),
        Only("ppk_required", Flag, "Whether there must be one.", Off),
        Has("keyingtries", Number, "How often a failed IKE_SA is tried anew as initiator; 0 or `%forever`: without end.").Else("1"),
        Has("unique", Word, "When the same peer comes a second time: `no`, the old IKE_SA goes only if the peer says INITIAL_CONTACT; `never`, not even then; `replace`, the new one stays; `keep`, the old one stays. Holds across the cluster.").OneOf<UniquePolicy>().Else("no"),
        Only("reauth_time", Time, "Reauthentication after so long.", Zero),
        Has("rekey_time", Time, "When the IKE_SA is rekeyed; 0: never.").Else("4h"),
        Has("over_time", Time, "How long after `rekey_time` an IKE_SA that could not be rekeyed is closed.").ElseAs("a tenth of `rekey_time`"),
        Has("rand_time", Time, "The rekeying comes earlier by a random part of this.").ElseAs("`over_time`"),
        Has("pools", Names, "As gateway: the pools that the peer's addresses come from, in this order.").ElseAs("none"),
        Only("if_id_in", Number, "XFRM interface of the inbound SAs.", NoNumber),
        Only("if_id_out", Number, "XFRM interface of the outbound SAs.", NoNumber),
        Only("mediation", Flag, "The mediation extension.", Off),
        Not("mediated_by", Text, "The mediation extension."),
        Not("mediation_peer", Identity, "The mediation extension."),
        Has("local<suffix>", Section, "How this gateway proves who it is. One section: several rounds are not supported."),
        Has("remote<suffix>", Section, "How the peer has to. One section."),
        Has("children", Section, "The CHILD_SAs of the connection."),
    ];

    private static KeyRow[] LocalRows() =>
    [
        Only("round", Number, "The order of several rounds of authentication.", "0", "1"),
        Has("certs", Names, "Certificates of ours: files, by absolute path or in the folder `x509`. Their keys are in `private`, `rsa`, `ecdsa` or `pkcs8`.").ElseAs("none"),
        Has("cert<suffix>", Section, "A certificate of ours in a section of its own."),
        Not("pubkeys", Names, "Bare public keys."),
        Has("auth", Word, "`psk`, or `pubkey`; with key types, sizes and hashes also `rsa-3072-sha256`, `ecdsa-sha384`, `ed25519`, `rsa/pss-sha256`.").Else("pubkey"),
        Has("id", Identity, "Who we say we are.").ElseAs("the subject of the first certificate; with `psk` our address"),
        Not("eap_id", Identity, "EAP."),
        Not("aaa_id", Identity, "EAP."),
        Not("xauth_id", Identity, "XAuth of IKEv1."),
    ];

    private static KeyRow[] RemoteRows() =>
    [
        Only("round", Number, "The order of several rounds of authentication.", "0", "1"),
        Has("id", Identity, "Whom the peer has to prove to be: an identity, or a pattern such as `*.example.org`.").ElseAs("anybody who can prove it"),
        Not("eap_id", Identity, "EAP."),
        Not("groups", Names, "Groups that an AAA server or an attribute certificate names."),
        Not("cert_policy", Names, "OIDs of certificate policies."),
        Has("certs", Names, "The peer's certificate must be one of these.").ElseAs("any"),
        Has("cert<suffix>", Section, "One of them in a section of its own."),
        Has("cacerts", Names, "The peer's certificate must come from one of these authorities: files, by absolute path or in the folder `x509ca`.").ElseAs("any that is trusted"),
        Has("cacert<suffix>", Section, "One of them in a section of its own."),
        Not("ca_id", Identity, "The authority by its identity."),
        Not("pubkeys", Names, "Bare public keys."),
        Has("revocation", Word, "`strict`: whoever's status cannot be found out is refused; `ifuri`: only if a certificate says where to ask; `relaxed`: only who is known to be revoked.").OneOf(AuthBinder.Revocations.Keys).Else("relaxed"),
        Has("auth", Word, "As in `local`, what is accepted of the peer; `pubkey` accepts all but SHA-1.").Else("pubkey"),
    ];

    /// <summary>A certificate in a file, or on a token.</summary>
    private static KeyRow[] CertificateRows() =>
    [
        Has("file", Text, "A file, by absolute path or in the folder for its kind; PEM or DER.").ElseAs("required"),
        Not("handle", Text, "A certificate on a token."),
        Not("slot", Number, "Of the token."),
        Not("module", Text, "Of the token."),
    ];
}
