# A gateway whose sessions are stored, and that is killed. Sourced by scenarios that do that; needs sqlite3 of python3 alone.

# make_store: a key, and the flags that make our program use it.
make_store() {
  dotnet "$PROGRAM" cluster init-key "$WORK/store.key" > /dev/null
  STORE=(--store "sqlite:$WORK/sessions.db" --store-key "$WORK/store.key")
}

# kill_ours: at once; its log goes on in another file. What is on the wire by then counts as old.
kill_ours() {
  kill -KILL "$OURS_PID"
  wait "$OURS_PID" 2>/dev/null
  FRAMES=$(wire_count frame)
  mv "$WORK/ours.log" "$WORK/ours-before.log"
  touch "$WORK/ours.log"
}

# store_value QUERY: the first value of its answer.
store_value() {
  python3 -c 'import sqlite3, sys; print(sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True).execute(sys.argv[2]).fetchone()[0])' "$WORK/sessions.db" "$1"
}

sample_stored() { [ "$(store_value 'select count(*) from esp_replay where received > 20 and sent > 20')" -ge 1 ]; }

store_is_empty() { [ "$(store_value 'select count(*) from ike_sa')" = 0 ]; }

# peer_spis: those of charon's IKE_SAs.
peer_spis() { swan_sas | grep -oE "[0-9a-f]{16}_[ir]\*? [0-9a-f]{16}_[ir]"; }

esp_from_us() { wire_count "esp && ip.src == 192.0.2.1"; }

# replay FILTER N: the last N datagrams that fit once more, octet by octet, from the peer's address and ports.
replay() {
  local sent
  sent=$(wire "$1" udp.srcport udp.dstport udp.payload | tail -n "$2" | ip netns exec "$NS_PEER" python3 -c '
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

store_has_samples() { [ "$(store_value 'select count(*) from esp_replay')" -ge 1 ]; }
