net_nodes 3
start_postgres
store_in_postgres
behind_nodes 10.1.0.1
KERNEL=userspace
FLAGS+=(--drain-on-stop)
start_nodes
held_within 12 "each node has an address" even 1 2 3
for n in 1 2; do start_charon $n; check "peer $n brings up its tunnel" charon_do $n --initiate --child net; done
for n in 1 2; do wait_until "peer $n reaches the other side" 5 reaches $n "10.2.$n.1" 10.1.0.1; done
ike1=$(ike_of 1 gateway) ike2=$(ike_of 2 gateway) began=$(date +%s.%N)
check "both are up" [ -n "$ike1" -a -n "$ike2" ]

# flood N: pings of peer N, fifty a second, until unharmed N.
flood() { ip netns exec "$(peer_ns "$1")" ping -n -i 0.02 -W 3 -I "10.2.$1.1" 10.1.0.1 > "$WORK/flood.$1" 2>&1 & eval "FLOOD_$1=$!"; PIDS+=($!); }

# unharmed WHAT N: ends them; not one is missing.
unharmed() {
  local pid sent got; eval "pid=\$FLOOD_$2"
  # What is under way comes back.
  read -rt 0.5 -u "$NEVER" || true
  kill -INT "$pid" 2>/dev/null; wait "$pid" 2>/dev/null
  read -r sent got < <(sed -nE 's/^([0-9]+) packets transmitted, ([0-9]+) received.*/\1 \2/p' "$WORK/flood.$2")
  echo "   $NAME: $1: peer $2 sent ${sent:-0} pings, $((${sent:-0} - ${got:-0})) were lost"
  # The last one may still be on its way.
  check "$1: peer $2 lost no ping of ${sent:-0}" [ "${sent:-0}" -ge 20 -a $((${sent:-0} - ${got:-0})) -le 1 ]
}

empty() { [ -z "$(ip -n "$(node_ns "$1")" -o addr show | grep -E "192\.0\.2\.10[123]/")" ] && [ "$(shards_of "$1")" = 0 ]; }

shards_of() { timeout 20 dotnet "$PROGRAM" cluster status --json --vici "$WORK/n$1.sock" | python3 -c 'import json, sys; print(next(node["shards"] for node in json.load(sys.stdin).values() if node["self"] == "yes"))'; }

# drain N [flags]: by a command to another node.
drain() {
  local n=$1 by; shift
  by=$(for i in "${NODES[@]}"; do [ "$i" = "$n" ] || [ ! -S "$WORK/n$i.sock" ] || echo "$i"; done | head -n 1)
  timeout 60 dotnet "$PROGRAM" drain --node "n$n" --vici "$WORK/n$by.sock" --json "$@" > "$WORK/drain.$n" 2>> "$WORK/commands.log"
}

# The database is away: nothing is given up.
holder=$(holders 192.0.2.101)
check "the database stops" runuser -u postgres -- "$PG_BIN/pg_ctl" -D "$WORK/pg" -m immediate -w -t 15 stop
for i in 1 2 3; do node_says "$i" "session store cannot be had" 15; done
code=0; drain "$holder" || code=$?
check "without a database a node is not drained, with exit code 1 (it was $code)" [ "$code" = 1 ]
check "and why is said" grep "session store" "$WORK/commands.log"
check "it serves on" reaches 1 10.2.1.1 10.1.0.1
check "at its address" has "$holder" 192.0.2.101
start_postgres
for i in 1 2 3; do node_says "$i" "session store is back" 15; done

# One is drained, upgraded and comes back.
flood 1; flood 2
check "the node of peer 1 is drained" drain "$holder"
unharmed "drained" 1; unharmed "drained" 2
check "it tells how many went" grep -E '"handed-over":"[1-9]' "$WORK/drain.$holder"
wait_until "it is empty" 5 empty "$holder"
stop_node "$holder"
flood 1; flood 2
start_node "$holder"
held_within 30 "it has its share again" even 1 2 3
read -rt 2 -u "$NEVER" || true
unharmed "back" 1; unharmed "back" 2

# One is told to stop, and hands over by itself.
holder=$(holders 192.0.2.102)
flood 1; flood 2
kill -TERM "${NODE_PID[$holder]}"
wait_until "node $holder ends" 20 dead "${NODE_PID[$holder]}"
unharmed "stopped" 1; unharmed "stopped" 2
check "it said so" grep "drained: " "$WORK/n$holder.log"

# One is killed in the middle of that: its address has gone, its shards go some at a time.
start_node "$holder"
held_within 30 "all have their share" even 1 2 3
holder=$(holders 192.0.2.101) left=()
for i in 1 2 3; do [ "$i" = "$holder" ] || left+=("$i"); done
drained=$(node_count "$holder" "drained: ")
flood 1; flood 2
kill -TERM "${NODE_PID[$holder]}"
wait_until "its address has left" 10 not has "$holder" 192.0.2.101
kill_node "$holder"
check "it had not done" [ "$(node_count "$holder" "drained: ")" = "$drained" ]
held_within 15 "the others have all addresses" all_held "${left[@]}"
# A shard whose node dies while it moves is nowhere for up to 9 s; its tunnels' data is where the address is.
renewed() { local now; now=$(spis_of "$1" net); [ ${#now} = 16 ] && [ "$now" != "$2" ]; }
for n in 1 2; do
  before=$(spis_of $n net)
  charon_do $n --rekey --child net >> "$WORK/commands.log" 2>&1
  wait_until "peer $n has a new child" 25 renewed $n "$before"
done
unharmed "killed" 1; unharmed "killed" 2

# Nobody noticed.
check "peer 1 has the same IKE_SA" [ "$(ike_of 1 gateway)" = "$ike1" ]
check "peer 2 too" [ "$(ike_of 2 gateway)" = "$ike2" ]
for n in 1 2; do check "peer $n authenticated nothing anew: $(asked_anew $n "$began" | head -n 3)" [ -z "$(asked_anew $n "$began")" ]; done

# Debian's swanctl at a node that has neither: it lists both, with what they carried, rekeys and ends them.
for far in "${NODES[@]}"; do if [ -S "$WORK/n$far.sock" ] && ! has "$far" 192.0.2.101; then break; fi; done
at_far() { timeout 15 swanctl "$@" --uri "unix://$WORK/n$far.sock"; }
check "node $far lists both tunnels" [ "$(at_far --list-sas | grep -c "ESTABLISHED")" = 2 ]
# What was rekeyed a moment ago has carried nothing yet.
for n in 1 2; do check "peer $n reaches the other side" reaches $n "10.2.$n.1" 10.1.0.1; done
check "with what they carried" [ "$(at_far --list-sas | awk '/reqid/ { mine = /INSTALLED/ } mine && /^ +in .* [1-9][0-9]* packets/ { n++ } END { print n }')" = 2 ]
before=$(spis_of 1 net)
check "it rekeys their children" at_far --rekey --child net
wait_until "peer 1 has a new child" 10 renewed 1 "$before"
check "it ends both" at_far --terminate --ike branch --timeout 10
for n in 1 2; do wait_until "peer $n has no IKE_SA" 5 not charon_has $n ESTABLISHED; done
