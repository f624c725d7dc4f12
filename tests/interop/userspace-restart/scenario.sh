. "$ROOT/tests/interop/lib/userspace.sh"
. "$ROOT/tests/interop/lib/store.sh"

esp_from_us() { wire_count "esp && ip.src == 192.0.2.1"; }

# replay FILTER N: of what was on the wire before the kill the last N datagrams that fit once more, octet by octet, from the peer's address and ports.
replay() {
  local sent
  sent=$(wire "$1 && frame.number <= $FRAMES" udp.srcport udp.dstport udp.payload | tail -n "$2" | ip netns exec "$NS_PEER" python3 -c '
import socket, struct, sys
raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
count = 0
for line in sys.stdin:
    source, destination, octets = line.split()
    payload = bytes.fromhex(octets.replace(":", ""))
    udp = struct.pack("!HHHH", int(source), int(destination), 8 + len(payload), 0) + payload
    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0, socket.inet_aton("192.0.2.2"), socket.inet_aton("192.0.2.1"))
    raw.sendto(ip + udp, ("192.0.2.1", 0))
    count += 1
print(count)')
  check "$2 old datagrams are sent again" [ "$sent" = "$2" ]
}

net_userspace
start_peer accepting
make_store
start_ours userspace "${STORE[@]}"
ours_says "sessions are stored in $WORK/sessions.db"
ours_says "CHILD_SA net\\{1\\} state change: INSTALLING => INSTALLED"
pings "before" 10.1.0.1 10.2.0.1
check "charon can rekey the child" swan --rekey --child net
wait_until "charon has one child" 8 peer_has_one_child net
SPIS=$(peer_spis)
# From the peer: what is recorded of them asks for an answer.
ping_flood_start 10.2.0.1 10.1.0.1 0.02 "$NS_PEER"
wait_until "a sample is stored" 10 store_has_samples

kill_ours
FRAMES=$(wire_count frame)
start_ours userspace "${STORE[@]}"
ours_says "shard [0-9]+: going on with 1 IKE_SAs, [12] CHILD_SAs are in the kernel, 0 were refused"
ours_says "the peer 'peer.example.org' has answered: IKE_SA peer goes on"
ping_flood_stop
echo "   $NAME: $LOST of $SENT pings were lost, at 50 a second"
check "the pings go on" [ "$LOST" -lt $((SENT - 50)) ]
pings "after" 10.1.0.1 10.2.0.1
check "charon has the IKE_SA that it had" [ "$(peer_spis)" = "$SPIS" ]
check "nobody has begun anew" [ "$(wire_count 'isakmp.exchangetype == 34')" = 2 ]
check "nobody has authenticated anew" [ "$(wire_count 'isakmp.exchangetype == 35')" = 2 ]

answers=$(esp_from_us)
replay "udp.dstport == 4500 && esp && ip.src == 192.0.2.2" 20
replay "isakmp.exchangetype == 36 && isakmp.flag_r == 0 && ip.src == 192.0.2.2" 1
ours_says "dropped message of peer\\[[0-9]+\\]: OutOfWindow"
check "no old ESP packet was answered" [ "$(esp_from_us)" = "$answers" ]
pings "after the replay" 10.1.0.1 10.2.0.1
check "a new one is" [ "$(esp_from_us)" -gt "$answers" ]

check "we can rekey the child" ours_swan --rekey --child net
ours_says "CHILD_SA net rekeyed by us"
pings "after the rekeying" 10.1.0.1 10.2.0.1
check "charon can close the IKE_SA" swan --terminate --ike ours
ours_says "IKE_SA peer\\[[0-9]+\\] down: .* DeletedByPeer"
wait_until "nothing is left in the store" 5 store_is_empty
stop_ours
userspace_finish
