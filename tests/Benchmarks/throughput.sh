#!/usr/bin/env bash
# How fast ESP in user space is: one TCP stream for some seconds each way through a tunnel, first between two charons with kernel-libipsec, then between two
# of ours with --kernel userspace, on one machine, one after the other. Prints a row for each algorithm, with the ratio. Needs root and strongSwan.
#   tests/Benchmarks/throughput.sh [SECONDS]
set -uo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
NAME=throughput LENGTH=${1:-5}
. "$ROOT/tests/interop/lib/lab.sh"
. "$ROOT/tests/interop/lib/userspace.sh"

# configure FILE SIDE PEER ALGORITHM ACTION: a gateway's configuration, 1 or 2.
configure() {
  cat > "$1" <<CONF
connections { net {
  version = 2
  local_addrs = 192.0.2.$2
  remote_addrs = 192.0.2.$3
  proposals = aes128gcm16-prfsha256-x25519
  rekey_time = 0
  local { auth = psk
    id = gateway$2.example.org
  }
  remote { auth = psk
    id = gateway$3.example.org
  }
  children { net {
    local_ts = 10.$2.0.0/24
    remote_ts = 10.$3.0.0/24
    esp_proposals = $4
    rekey_time = 0
    start_action = $5
  } }
} }
secrets { ike-net { secret = "@PSK@" } }
CONF
}

# lab KIND ALGORITHM: builds both ends, lets the stream run each way, and prints the Mbit/s.
lab() {
  (
    lab_up
    trap lab_down EXIT
    SCENARIO="$WORK/scenario"; mkdir "$SCENARIO"
    net_userspace > /dev/null
    configure "$SCENARIO/peer.conf" 2 1 "$2" none
    cp "$SCENARIO/peer.conf" "$SCENARIO/second.conf"
    configure "$SCENARIO/ours.conf" 1 2 "$2" start
    if [ "$1" = charon ]; then
      start_peer accepting
      mv "$SCENARIO/ours.conf" "$SCENARIO/peer.conf"
      mkdir "$WORK/first"
      (NS_PEER=$NS_OURS WORK="$WORK/first"; start_peer accepting > /dev/null; echo "$PEER_PID" > "$WORK/pid")
      PIDS+=("$(cat "$WORK/first/pid")")
      wait_until "charon has the child" 8 peer_has_child net
    else
      start_second
      start_ours userspace
      ours_says "CHILD_SA net\{1\} state change: INSTALLING => INSTALLED"
    fi
    start_iperf 5201
    rate; rate --reverse
  )
}

rate() { timeout $((LENGTH + 15)) ip netns exec "$NS_OURS" iperf3 -c 10.2.0.1 -B 10.1.0.1 -t "$LENGTH" -f m "$@" | sed -nE 's/.* ([0-9.]+) Mbits\/sec .*receiver.*/\1/p'; }

printf '%-20s %28s %28s %8s\n' algorithm "charon, kernel-libipsec" "ours, --kernel userspace" ratio
for algorithm in aes128gcm16 aes256gcm16 chacha20poly1305 aes256-sha256; do
  mapfile -t theirs < <(lab charon "$algorithm")
  mapfile -t ours < <(lab ours "$algorithm")
  printf '%-20s %13s %13s %14s %13s %8s\n' "$algorithm" "${theirs[0]:-failed}" "${theirs[1]:-}" "${ours[0]:-failed}" "${ours[1]:-}" \
    "$(awk -v a="${theirs[0]:-0}" -v b="${theirs[1]:-0}" -v c="${ours[0]:-0}" -v d="${ours[1]:-0}" 'BEGIN { if (a + b > 0) printf "%.2f", (c + d) / (a + b) }')"
done
