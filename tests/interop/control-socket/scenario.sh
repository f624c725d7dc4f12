net_direct
start_peer accepting
start_ours memory

# agreed: what both sides must say alike, of the raw list of SAs: SPIs, algorithms and selectors, in an order that does not depend on the side.
agreed() {
  grep -oE '(initiator-spi|responder-spi|encr-alg|encr-keysize|integ-alg|prf-alg|dh-group|mode|protocol|spi-in|spi-out|local-ts|remote-ts|state)=[^ }]+' |
    sed -E "s/^$1-/here-/; s/^$2-/there-/; s/^spi-$3/spi-a/; s/^spi-$4/spi-b/" | sort
}

ours_agreed() { ours_swan --list-sas --raw | agreed local remote in out; }
peer_agreed() { swan_sas_raw | agreed remote local out in; }
swan_sas_raw() { timeout 10 ip netns exec "$NS_PEER" swanctl --list-sas --raw --uri "unix://$WORK/vici.sock"; }
# fields: the names of what a raw list of SAs says; a NAT, and who pretends one, is of one side alone.
fields() { grep -oE '[a-z][a-z-]+=' | grep -vE '^nat-(local|remote|fake)=' | sort -u; }
missing() { comm -13 <(ours_swan --list-sas --raw | fields) <(swan_sas_raw | fields); }
both_say_the_same() { [ -n "$(ours_agreed)" ] && [ "$(ours_agreed)" = "$(peer_agreed)" ]; }

timeout 60 stdbuf -oL swanctl --monitor-sa --raw --uri "unix://$WORK/ours.sock" > "$WORK/monitor.out" 2>&1 & PIDS+=($!)
wait_until "swanctl monitors" 5 [ -e "$WORK/monitor.out" ]
ours_swan --list-conns > "$WORK/conns.out"
check "our connection is listed" grep -q "^peer: IKEv2, no reauthentication, rekeying every 14400s" "$WORK/conns.out"
check "with its child" grep -q "^  net: TUNNEL, rekeying every 3600s" "$WORK/conns.out"

check "swanctl brings up the child" ours_swan --initiate --child net --timeout 5
ours_says "CHILD_SA net\{1\} state change: INSTALLING => INSTALLED"
wait_until "both lists of SAs say the same" 5 both_say_the_same
check "the child is listed as charon lists its own" grep -qE "^  net: #1, reqid [0-9]+, INSTALLED, TUNNEL-in-UDP, ESP:AES_GCM_16-128$" <<< "$(ours_swan --list-sas)"

check "our list has each field of charon's: $(missing | tr -d '\n')" [ -z "$(missing)" ]
ours_agreed > "$WORK/before"
check "swanctl rekeys the child" ours_swan --rekey --child net
ours_says "CHILD_SA net rekeyed by us"
check "swanctl rekeys the IKE_SA" ours_swan --rekey --ike peer
ours_says "IKE_SA peer\[1\] rekeyed"
wait_until "the replaced child is gone on both sides" 15 both_say_the_same
before=$(ours_agreed)
turned() { [ "$(ours_agreed)" != "$before" ] && both_say_the_same; }
check "the peer rekeys the IKE_SA" swan --rekey --ike ours
wait_until "both lists say that it is the initiator now" 10 turned
check "and both SAs have new SPIs" [ "$(comm -12 "$WORK/before" <(ours_agreed) | grep -c spi)" = 0 ]

check "what is not there cannot be closed" not ours_swan --terminate --ike nobody
check "what is not configured cannot be brought up" not ours_swan --initiate --child nothing
check "swanctl closes the child" ours_swan --terminate --child net --timeout 5
wait_until "charon has no child" 5 not peer_has_child net
check "swanctl closes the IKE_SA" ours_swan --terminate --ike peer --timeout 5
wait_until "charon has no IKE_SA" 5 not peer_has_ike
for word in "child-updown event {up=yes" "ike-updown event {up=yes" "child-updown event {peer" "ike-updown event {peer"; do
  check "the monitor has seen: $word" grep -qF "$word" "$WORK/monitor.out"
done
for word in "loaded plugins: akka memory" "IKE_SAs: 0 total, 0 half-open"; do check "stats say: $word" grep -qF "$word" <<< "$(ours_swan --stats)"; done
check "the socket is its owner's alone" [ "$(stat -c %a "$WORK/ours.sock")" = 600 ]
stop_ours
check "the socket is gone" [ ! -e "$WORK/ours.sock" ]
