# The oldest program that can be drained. It has no heirs in its grants (AddressGrant), which the present one sends it, and has made the third step of the tables, not the fourth.
readonly OLDER_COMMIT=53e11398d9375f82004609055468fabfb3c0665b
readonly OLDER="$WORK/older/src/Concentrator/bin/Release/net10.0/concentrator.dll"

git -C "$ROOT" cat-file -e "$OLDER_COMMIT^{commit}" 2>/dev/null || cannot_play "the older program is commit ${OLDER_COMMIT:0:7}, which this clone does not have (git fetch --unshallow)"

# build_older: from the history, into the scenario's own folder.
build_older() {
  mkdir "$WORK/older" && git -C "$ROOT" archive "$OLDER_COMMIT" | tar -x -C "$WORK/older" || return 1
  (cd "$WORK/older" && timeout 240 dotnet build src/Concentrator -c Release -nodeReuse:false -p:RunAnalyzers=false > "$WORK/older.log" 2>&1)
}

begun=$(now)
check "the older program is built: $(build_older || tail -n 5 "$WORK/older.log")" [ -f "$OLDER" ]
echo "   $NAME: the older program is built after $(($(now) - begun)) ms"

net_nodes 3
start_postgres
store_in_postgres
behind_nodes 10.1.0.1
KERNEL=userspace
for i in 1 2 3; do BINARY=$OLDER launch_node "$i"; done
for i in 1 2 3; do node_says "$i" "ready: listening" 60; done
wait_until "each node has an address" 60 even 1 2 3
# at_home N: the peer's IKE_SA is on the node that has the address that it asked. In its first seconds the older program lets them begin in another address's shards, where
# they stay behind when the address moves.
at_home() { grep -E "IKE_SA branch\[.*\] up: .*p$1\.branch" "$WORK/n$(holders "192.0.2.10$1").log"; }

# brought_up N: at home, with the seconds that it takes.
brought_up() { charon_do "$1" --terminate --ike gateway; charon_do "$1" --initiate --child net && at_home "$1"; }

for n in 1 2 3; do start_charon $n; wait_until "peer $n brings up its tunnel, at the node of its address" 20 brought_up $n; done
for n in 1 2 3; do wait_until "peer $n reaches the other side" 5 reaches $n "10.2.$n.1" 10.1.0.1; done
declare -A IKE
for n in 1 2 3; do IKE[$n]=$(ike_of $n gateway); done
since=$(date +%s.%N)
for n in 1 2 3; do ping_start peer$n 10.1.0.1 "10.2.$n.1" $n; done

# control N PROGRAM COMMAND…: a program's own command line at node N.
control() { local n=$1 program=$2; shift 2; timeout 60 dotnet "$program" "$@" --vici "$WORK/n$n.sock" 2>> "$WORK/commands.log"; }

# upgrade N: what is drained is stopped, and started as the present program.
upgrade() {
  kill -TERM "${NODE_PID[$1]}"
  wait_until "node $1 ends" 40 dead "${NODE_PID[$1]}"
  wait "${NODE_PID[$1]}" || fail "node $1 ends with exit code $?"
  mv "$WORK/n$1.log" "$WORK/older.n$1.log"
  start_node "$1"
  held_within 40 "node $1 is upgraded, and each node has an address" even 1 2 3
}

lists_all() { [ "$(timeout 15 swanctl --list-sas --uri "unix://$WORK/n$1.sock" | grep -c "ESTABLISHED")" = 3 ]; }

# tables: the step that they are at.
tables() { ip netns exec "${NS}d" env PGPASSFILE="$WORK/pgpass" "$PG_BIN/psql" -h 192.0.2.5 -U postgres -tA -c 'select version from schema_version'; }

# mixed NEW OLD: what crosses between a node of each version, in both directions.
mixed() {
  local new=$1 old=$2 n spis
  for i in "$new" "$old"; do wait_until "node $i lists the tunnels of all" 10 lists_all "$i"; done
  check "the older program sees three nodes" [ "$(control "$old" "$OLDER" cluster status | grep -c " Up")" = 3 ]
  check "the present program does too" [ "$(control "$new" "$PROGRAM" cluster status | grep -c " Up")" = 3 ]
  for i in "$new" "$old"; do
    spis=$(for n in 1 2 3; do spis_of $n net; done)
    wait_until "node $i has children rekeyed wherever they are" 25 rekeys "$i" "$spis"
  done
}

# rekeys N SPIS: by a command to node N. A session that is moving does not hear it, and is told once more.
rekeys() {
  local n
  timeout 15 swanctl --rekey --child net --uri "unix://$WORK/n$1.sock" || return 1
  for n in 1 2 3; do
    for _ in {1..30}; do if has_other_keys $n "$2"; then continue 2; fi; read -rt 0.1 -u "$NEVER" || true; done
    return 1
  done
}

has_other_keys() { local spis; spis=$(spis_of "$1" net); [ ${#spis} = 16 ] && [[ $2 != *$spis* ]]; }

check "the tables are those of the older program" [ "$(tables)" = 3 ]
first=$(holders 192.0.2.101) second=$(holders 192.0.2.102) third=$(holders 192.0.2.103)

# The first is drained by an older node, the others by one that is new. The older program hands over by command alone.
check "an older node drains node $first" control "$second" "$OLDER" drain --node "n$first"
upgrade "$first"
mixed "$first" "$third"
check "a new node drains node $second" control "$first" "$PROGRAM" drain --node "n$second"
upgrade "$second"
mixed "$second" "$third"
check "a new node drains node $third" control "$second" "$PROGRAM" drain --node "n$third"
upgrade "$third"
for i in 1 2 3; do wait_until "node $i lists all tunnels" 10 lists_all "$i"; done

# Nobody noticed.
for n in 1 2 3; do
  gap=$(ping_gap peer$n)
  echo "   $NAME: longest gap in the pings of peer $n: $gap ms"
  check "pings of peer $n miss less than 5 s" [ "$gap" -lt 5000 ]
  check "peer $n has the same IKE_SA" [ "$(ike_of $n gateway)" = "${IKE[$n]}" ]
  check "peer $n authenticated nothing anew: $(asked_anew $n "$since" | head -n 3)" [ -z "$(asked_anew $n "$since")" ]
  check "peer $n still reaches the other side" reaches $n "10.2.$n.1" 10.1.0.1
done

# The one understood what the other said, and read what it had stored.
misunderstood="sends what this version does not know|stored sessions cannot be used|Unhandled exception|[Dd]eserializ|[Ss]erializationException"
for log in "$WORK"/n?.log "$WORK"/older.n?.log; do check "$(basename "$log") is free of what was not understood: $(grep -E "$misunderstood" "$log" | head -n 2)" not grep -E "$misunderstood" "$log"; done
check "the tables are those of the present program" [ "$(tables)" -gt 3 ]
