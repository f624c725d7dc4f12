. "$ROOT/tests/interop/lib/userspace.sh"
net_userspace
start_second
start_ours userspace --log-format json --log knl=2,enc=-1 --audit-log "$WORK/audit.json" --save-keys "$WORK/keys"

# entry FILE PYTHON: some line of it fits; `e` is the line as a dictionary.
entry() { python3 -c "
import json, sys
entries = [json.loads(line) for line in open(sys.argv[1])]
sys.exit(not any($2 for e in entries))" "$1"; }
told() { wait_until "the log tells: $1" 8 entry "$WORK/ours.log" "$1"; CHECKS=$((CHECKS + 1)); }
audited() { wait_until "the audit tells: $1" 8 entry "$WORK/audit.json" "$1"; CHECKS=$((CHECKS + 1)); }

told "e['event'] == 'child_sa_established' and e['child_sa'] == 'net{1}' and e['ike_sa'] == 'peer[1]' and e['subsystem'] == 'CHD'"
told "e['event'] == 'child_sa_established' and e['child_sa'] == 'old{2}'"
told "e['event'] == 'adding_sa' and e['child_sa'] == 'net{1}' and e['ike_sa'] == 'peer[1]' and e['peer'].startswith('192.0.2.2:') and e['fields']['direction'] == 'inbound'"
told "e['event'] == 'received_packet' and e['ike_sa'] == 'peer[1]' and e['level'] == 1 and e['fields']['from'] == '192.0.2.2[4500]'"
told "e['subsystem'] == 'AUD' and e['severity'] == 'warning' and 'KEYS ARE BEING SAVED' in e['message']"
check "a silent subsystem says nothing" not entry "$WORK/ours.log" "e['subsystem'] == 'ENC'"
pings "through the tunnels" 10.1.0.1 10.2.0.1 5
pings "through the tunnels" 10.1.1.1 10.2.1.1 5

sed -i 's/aes256-sha384-x25519/aes256-sha512-x25519, &/' "$WORK/ours.conf"
kill -HUP "$OURS_PID"
audited "e['event'] == 'configuration_changed' and e['fields']['loaded'] == 'stranger' and e['fields']['keys'] == 'unchanged'"
mv "$WORK/audit.json" "$WORK/audit.1"
check "a stranger does not come in" not ours_swan --initiate --child none --timeout 5
audited "e['event'] == 'authentication_failed' and e['level'] == 0 and e['ike_sa'] == 'stranger[2]' and e['peer'].startswith('192.0.2.2:')"
check "its file is its owner's alone" [ "$(stat -c %a "$WORK/audit.json")" = 600 ]
for word in ike_sa_up child_sa_up configuration_loaded keys_are_saved; do check "what was moved away has $word" entry "$WORK/audit.1" "e['event'] == '$word'"; done
check "and tells who came" entry "$WORK/audit.1" "e['event'] == 'ike_sa_up' and e['fields']['peer_id'] == 'peer.example.org' and e['fields']['role'] == 'initiator'"
stop_ours
audited "e['event'] == 'child_sa_down' and e['child_sa'] == 'net{1}'"
audited "e['event'] == 'ike_sa_down' and e['ike_sa'] == 'peer[1]' and e['fields']['reason'] == 'DeletedByUs'"
check "every line of the log is JSON" entry "$WORK/ours.log" "True"

# decrypted FILTER: so many packets that tshark can look into, with our tables.
decrypted() { WIRESHARK_CONFIG_DIR="$WORK/keys" tshark -o esp.enable_encryption_decode:TRUE -r "$WORK/wire.pcap" -Y "$1" 2>> "$WORK/tshark.out" | wc -l; }
for table in ikev2_decryption_table esp_sa; do check "$table is its owner's alone" [ "$(stat -c %a "$WORK/keys/$table")" = 600 ]; done
check "their folder too" [ "$(stat -c %a "$WORK/keys")" = 700 ]
check "tshark reads the identity in IKE_AUTH" [ "$(decrypted 'isakmp.exchangetype == 35 && isakmp.id.data.fqdn == "ours.example.org"')" -ge 1 ]
check "and in one under CBC and HMAC" [ "$(decrypted 'isakmp.exchangetype == 35 && isakmp.id.data.fqdn == "stranger.example.org"')" -ge 1 ]
check "tshark reads the pings in ESP under GCM" [ "$(decrypted 'esp && icmp && ip.addr == 10.2.0.1')" = 10 ]
check "and under CBC and HMAC" [ "$(decrypted 'esp && icmp && ip.addr == 10.2.1.1')" = 10 ]
check "without the tables it reads none" [ "$(wire_count 'icmp && ip.addr == 10.2.0.1')" = 0 ]
check "tshark has nothing to say against the tables" not grep -qE "Error|WARNING" "$WORK/tshark.out"

cat > "$WORK/journal.sh" <<'SH'
mount -t tmpfs tmpfs /run && mkdir -p /run/systemd/journal /run/log/journal
timeout 60 /lib/systemd/systemd-journald & echo $! > "$1/journald.pid"
for _ in $(seq 100); do [ -S /run/systemd/journal/socket ] && break; sleep 0.05; done
dotnet "$2" serve --config "$1/ours.conf" --kernel userspace --log-format journal --http none &
program=$!
for _ in $(seq 200); do journalctl -q -D /run/log/journal CHILD_SA='net{1}' EVENT=ChildSaEstablished -o cat | grep . > /dev/null && break; sleep 0.1; done
kill -TERM $program; wait $program
journalctl -q -D /run/log/journal -o json SYSLOG_IDENTIFIER=concentrator > "$1/journal.json"
kill $(cat "$1/journald.pid")
SH
# Not by ip netns exec: its own /sys has no cgroups, and journald wants them.
HOME=$WORK timeout 60 nsenter --net="/run/netns/$NS_OURS" unshare -m bash "$WORK/journal.sh" "$WORK" "$PROGRAM" > "$WORK/journal.out" 2>&1
check "journald has the fields of a state change" entry "$WORK/journal.json" "e.get('SUBSYSTEM') == 'CHD' and e.get('IKE_SA') == 'peer[1]' and e.get('CHILD_SA') == 'net{1}' and e.get('PEER', '').startswith('192.0.2.2:') and e.get('CONCENTRATOR_TO') == 'INSTALLED'"
check "and the audit" entry "$WORK/journal.json" "e.get('SUBSYSTEM') == 'AUD' and e.get('EVENT') == 'IkeSaUp' and e.get('LEVEL') == '0' and e.get('PRIORITY') == '6'"
check "nothing goes to the standard output" [ ! -s "$WORK/journal.out" ]
userspace_finish
