using Concentrator.Ike.Configuration;
using static Concentrator.Configuration.KeyKind;

namespace Concentrator.Configuration;

/// <summary>The rows of children, in the order of swanctl.conf's manual.</summary>
internal static partial class KeyTable
{
    private static KeyRow[] ChildRows() =>
    [
        Not("ah_proposals", Proposals, "AH. Use `esp_proposals`."),
        Has("esp_proposals", Proposals, "ESP proposals in order of preference; with a key exchange (`aes256gcm16-x25519`) rekeying has one of its own, `esn` asks for extended sequence numbers.").Else("default"),
        Only("sha256_96", Flag, "A truncation that only broken peers use.", Off),
        Has("local_ts", Selectors, "What this side protects: networks, ranges, `dynamic`, each with `[proto/port]`.").Else("dynamic"),
        Has("remote_ts", Selectors, "What the peer protects.").Else("dynamic"),
        Has("rekey_time", Time, "When the child is rekeyed; 0: never.").Else("1h"),
        Has("life_time", Time, "When a child that could not be rekeyed ends.").ElseAs("a tenth more than `rekey_time`"),
        Has("rand_time", Time, "The rekeying comes earlier by a random part of this.").ElseAs("`life_time` less `rekey_time`"),
        Has("rekey_bytes", Octets, "After how many octets the child is rekeyed; 0: never.").Else("0"),
        Has("life_bytes", Octets, "After how many octets a child that could not be rekeyed ends.").ElseAs("a tenth more than `rekey_bytes`"),
        Has("rand_bytes", Octets, "The rekeying comes earlier by a random part of this.").ElseAs("`life_bytes` less `rekey_bytes`"),
        Has("rekey_packets", Number, "After how many packets the child is rekeyed; 0: never.").Else("0"),
        Has("life_packets", Number, "After how many packets a child that could not be rekeyed ends.").ElseAs("a tenth more than `rekey_packets`"),
        Has("rand_packets", Number, "The rekeying comes earlier by a random part of this.").ElseAs("`life_packets` less `rekey_packets`"),
        Has("updown", Text, "A program, by absolute path, with arguments, that is run without a shell when the child comes up and when it has gone down; it finds strongSwan's `PLUTO_…` variables.").ElseAs("none"),
        Only("hostaccess", Flag, "A word to the updown script.", Off),
        Has("mode", Word, "Tunnel or transport mode.").OneOf<ChildMode>().Else("tunnel"),
        Only("policies", Flag, "Whether policies are installed.", On),
        Only("policies_fwd_out", Flag, "Forward policies for the outbound direction.", Off),
        Has("dpd_action", Word, "What becomes of the child when the peer is found dead: `start` builds it anew, `trap` waits for traffic.").OneOf(ChildBinder.Actions.Keys).Else("none"),
        Only("ipcomp", Flag, "IPComp.", Off),
        Only("inactivity", Time, "Closing a child that is idle for so long.", Zero),
        Has("reqid", Number, "The reqid of the child's SAs and policies; 0: one is assigned.").Else("0"),
        Only("priority", Number, "The priority of its policies; 0: the smaller the selector, the higher.", "0"),
        Not("interface", Text, "Policies for one interface alone."),
        Only("mark_in", Mark, "XFRM mark of inbound policies.", NoMark),
        Only("mark_in_sa", Flag, "XFRM mark of the inbound SA.", Off),
        Only("mark_out", Mark, "XFRM mark of outbound policies and SA.", NoMark),
        Only("set_mark_in", Mark, "The mark that packets get after inbound processing.", NoMark),
        Only("set_mark_out", Mark, "The mark that packets get after outbound processing.", NoMark),
        Only("if_id_in", Number, "XFRM interface of the inbound SA and policies.", NoNumber),
        Only("if_id_out", Number, "XFRM interface of the outbound SA and policies.", NoNumber),
        Not("label", Text, "Security labels."),
        Only("label_mode", Word, "Security labels.", "system"),
        Only("tfc_padding", Number, "Padding against traffic analysis.", "0"),
        Has("replay_window", Number, "How many packets may overtake each other; 0: none are checked.").From(0, ChildBinder.LargestWindow).Else("32"),
        Only("hw_offload", Word, "Offload to network cards.", Off),
        Only("copy_df", Flag, "The outer DF bit is the inner one.", On),
        Only("copy_ecn", Flag, "ECN is copied.", On),
        Only("copy_dscp", Word, "DSCP is copied outwards.", "out"),
        Has("start_action", Word, "What is done with the child when it is loaded: `start` brings it up, `trap` waits for traffic, `trap|start` does both.").OneOf(ChildBinder.Actions.Keys).Else("none"),
        Has("close_action", Word, "What becomes of the child when the peer closes it.").OneOf(ChildBinder.Actions.Keys).Else("none"),
        Only("per_cpu_sas", Word, "SAs for each processor (RFC 9611).", Off),
    ];
}
