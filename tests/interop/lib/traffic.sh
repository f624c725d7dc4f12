# Traffic through a tunnel, and a watch for what should have gone through it. Sourced after lab.sh.

FLOODS=()

# watch_clear_text ours|peer NAMESPACE: what fits CLEAR_TEXT and leaves that end. Of a packet's ways only the one out counts: what was decapsulated is seen
# once more on its way in.
watch_clear_text() {
  [ -f "$WORK/clear-$1.out" ] && return
  ip netns exec "$2" tcpdump -i eth0 -Q out -nn --immediate-mode -U -s 96 -w "$WORK/clear-$1.pcap" "$CLEAR_TEXT" 2> "$WORK/clear-$1.out" &
  PIDS+=($!)
  wait_until "tcpdump listens" 5 grep -q "listening on" "$WORK/clear-$1.out"
}

# clear_text ours|peer: a line for each packet that has left that end in clear.
clear_text() { tcpdump -nn -r "$WORK/clear-$1.pcap" 2> /dev/null; }

# left_in_clear N: that many packets have left each end in clear.
left_in_clear() { [ "$(clear_text ours | wc -l)" = "$1" ] && [ "$(clear_text peer | wc -l)" = "$1" ]; }

clear_text_check() {
  check "nothing has left our end in clear" [ -z "$(clear_text ours)" ]
  check "nothing has left the peer's end in clear" [ -z "$(clear_text peer)" ]
}

# start_iperf PORT…: a server on each port of the peer.
start_iperf() {
  local port
  for port in "$@"; do
    ip netns exec "$NS_PEER" iperf3 -s -p "$port" --forceflush > "$WORK/iperf-server-$port.log" 2>&1 &
    PIDS+=($!)
    wait_until "iperf3 listens on $port" 5 grep -q "listening on" "$WORK/iperf-server-$port.log"
  done
}

# pings WHAT SOURCE DESTINATION [COUNT]: eight at a time; each comes back. ping waits for the last of them a second and more: with a short interval it would give up
# after two round trips, and call lost what a busy machine only delayed.
pings() { check "$1: pings from $2 to $3 come back" ping_all "$2" "$3" "${4:-10}"; }

ping_all() {
  local left burst
  for ((left = $3; left > 0; left -= burst)); do
    burst=$((left < 8 ? left : 8))
    timeout 15 ip netns exec "$NS_OURS" ping -q -c "$burst" -l "$burst" -i 1 -W 2 -s 1000 -I "$1" "$2" > "$WORK/ping.out" 2>&1 || return
    grep -q " 0% packet loss" "$WORK/ping.out" || return
  done
}

# streams WHAT SOURCE DESTINATION [PORT [SECONDS]]: TCP in both directions at once for so long; both move octets to the end.
streams() { check "$1: a TCP stream each way between $2 and $3" iperf_both_ways "$2" "$3" "${4:-5201}" "${5:-1}"; }

iperf_both_ways() {
  timeout $(($4 + 10)) ip netns exec "$NS_OURS" iperf3 -c "$2" -B "$1" -p "$3" -t "$4" --bidir -f k > "$WORK/iperf.out" 2>&1 || return
  [ "$(grep -cE '\[[RT]X-C\].* [1-9][0-9.]* (K|M|G)Bytes .* receiver$' "$WORK/iperf.out")" = 2 ]
}

# traffic WHAT SOURCE DESTINATION [PORT]: pings, then streams.
traffic() { pings "$1" "$2" "$3"; streams "$1" "$2" "$3" "${4:-5201}"; }

# ping_flood_start SOURCE DESTINATION [INTERVAL [NAMESPACE]]: pings in the background until ping_flood_stop, at most 120 s. Several may run.
# With a preload ping makes up for what a coarse clock (in User-Mode Linux it ticks every 10 ms) made it miss, so that the interval is that of the mean.
ping_flood_start() {
  ip netns exec "${4:-$NS_OURS}" timeout -s INT 120 ping -l 3 -i "${3:-0.01}" -I "$1" "$2" > "$WORK/flood-${#FLOODS[@]}.out" 2> "$WORK/flood-${#FLOODS[@]}.err" &
  FLOODS+=($!); PIDS+=($!)
}

# is_behind PID FILE: a ping that has more than one answer to come, as it says itself. A busy processor keeps answers from it, which are not lost; one that is lost never comes.
is_behind() {
  local received sent
  kill -QUIT "$1" 2>/dev/null || return 1
  read -rt 0.1 -u "$NEVER" || true
  IFS=/ read -r received sent < <(grep -aoE '[0-9]+/[0-9]+ packets' "$2" | tail -n 1)
  [ $((${sent%% *} - received)) -gt 1 ]
}

# ping_flood_stop: ends them all and says in SENT and LOST what became of their packets.
ping_flood_stop() {
  local flood pid tries
  for flood in "${!FLOODS[@]}"; do
    pid=$(pgrep -P "${FLOODS[flood]}" -x ping)
    for ((tries = 0; tries < 20; tries++)); do ! is_behind "$pid" "$WORK/flood-$flood.err" || continue; break; done
    kill -INT $pid "${FLOODS[flood]}" 2>/dev/null
  done
  SENT=0 LOST=0
  for flood in "${!FLOODS[@]}"; do
    wait "${FLOODS[flood]}"
    count_flood "$WORK/flood-$flood.out"
  done
  FLOODS=()
}

# What ping itself counts. When it is ended the answer to its last packet may be under way: that one is not lost. One that says nothing has failed.
count_flood() {
  local sent received last
  sent=$(sed -nE 's/^([0-9]+) packets transmitted.*/\1/p' "$1")
  received=$(sed -nE 's/.* ([0-9]+) received.*/\1/p' "$1")
  last=$(sed -nE 's/.* icmp_seq=([0-9]+) .*/\1/p' "$1" | sort -n | tail -n 1)
  check "a ping flood has been answered" [ "${received:-0}" -gt 0 ]
  [ "$last" != $((sent - 1)) ] || sent=$last
  SENT=$((SENT + sent)) LOST=$((LOST + sent - received))
  [ "$sent" = "$received" ] || echo "   $NAME: of $sent pings these were not answered: $(sed -nE 's/.* icmp_seq=([0-9]+) .*/\1/p' "$1" | sort -nu |
    awk -v sent="$sent" 'function gap(from, to) { if (from <= to) printf "%s%d-%d", n++ ? ", " : "", from, to } { gap(last + 1, $1 - 1); last = $1 } END { gap(last + 1, sent) }' | cut -c1-300)"
}

