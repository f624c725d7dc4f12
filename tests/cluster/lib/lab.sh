# Shared by all scenarios: nodes of one cluster, each a process in a network namespace of its own, peers and a database in others, all on one bridge.
#
#   node 1  192.0.2.11 / 2001:db8::11 ─┐             ┌─ peer 1  192.0.2.21 / 2001:db8::21
#   node 2  192.0.2.12 / 2001:db8::12 ─┼── bridge ───┼─ peer 2  192.0.2.22 / 2001:db8::22
#   node 3  192.0.2.13 / 2001:db8::13 ─┘             └─ database 192.0.2.5
#                       service addresses 192.0.2.101, .102, .103
#
# Nodes speak mutual TLS on TCP 4700, with certificates that `concentrator cluster` makes for each scenario. What every scenario checks in the end: no service address
# was on two nodes, not for a moment, by what the kernels told. Everything is bounded in time and taken down, whatever happened.
#
# A scenario that sources `guests.sh` has some of its nodes in User-Mode Linux, on the same bridge: there the words that begin with guest_ stand for those of here.
. "$ROOT/tests/interop/lib/lab.sh"
. "$ROOT/tests/interop/lib/sas.sh"

readonly CLUSTER_PORT=4700 PG_BIN=/usr/lib/postgresql/15/bin
SERVICE=(192.0.2.101 192.0.2.102 192.0.2.103)

lab_up() {
  NS="cc$$" NODES=() NODE_PID=() FLAGS=() BEHIND=()
  WORK=$(mktemp -d "${TMPDIR:-/tmp}/concentrator-cluster.XXXXXX")
  chmod 700 "$WORK"
  PSK=k$(head -c 24 /dev/urandom | base64)
  touch "$WORK/ours.log" "$WORK/charon.log"
  BEGUN=$(now)
  namespace "${NS}b"
  ip -n "${NS}b" link add br0 type bridge && ip -n "${NS}b" link set br0 up
}

lab_down() {
  local pid name
  for pid in "${PIDS[@]}"; do kill -KILL "$pid" 2>/dev/null; wait "$pid" 2>/dev/null; done
  for name in $(ip netns list | cut -d' ' -f1 | grep "^${NS}[a-z]"); do
    ip netns pids "$name" 2>/dev/null | xargs -r kill -KILL 2>/dev/null
    ip netns del "$name" 2>/dev/null
    rm -rf "/etc/netns/$name"
  done
  [ -n "${KEEP:-}" ] || rm -rf "$WORK"
}

now() { date +%s%3N; }

node_ns() { echo "${NS}n$1"; }

peer_ns() { echo "${NS}p$1"; }

# plug NAMESPACE PORT ADDRESS…: a namespace with its end of a cable, the other in the bridge.
plug() {
  local ns=$1 port=$2; shift 2
  namespace "$ns"
  ip link add eth0 netns "$ns" type veth peer name "$port" netns "${NS}b"
  ip -n "${NS}b" link set "$port" master br0 up
  address "$ns" eth0 "$@"
}

# net_nodes N: namespaces of N nodes, of one peer, and certificates for the nodes.
net_nodes() {
  local i
  concentrator cluster init-ca "$WORK/ca"
  for ((i = 1; i <= $1; i++)); do
    place_node "$i"
    concentrator cluster issue "n$i" --ca "$WORK/ca"
    NODES+=("$i")
  done
  for i in "${NODES[@]}"; do watch_node "$i"; done
  plug "$(peer_ns 1)" p1 192.0.2.21/24 2001:db8::21/64
}

# in_guest N: whether a node has a machine of its own.
in_guest() { false; }

place_node() { if in_guest "$1"; then guest_place "$1"; else plug "$(node_ns "$1")" "n$1" "192.0.2.1$1/24" "2001:db8::1$1/64"; fi; }

# watch_node N: what its kernel tells of its addresses is in $WORK/addresses.nN.
watch_node() {
  if in_guest "$1"; then guest_watch "$1"; return; fi
  ip -n "$(node_ns "$1")" -ts -o monitor address > "$WORK/addresses.n$1" 2>&1 &
  PIDS+=($!)
}

# in_node N COMMAND…
in_node() { if in_guest "$1"; then guest_do "$@"; else ip netns exec "$(node_ns "$1")" "${@:2}"; fi; }

# run_node N COMMAND…: the node's process, whose log is $WORK/nN.log.
run_node() {
  if in_guest "$1"; then guest_run "$@"; return; fi
  HOME=$WORK ip netns exec "$(node_ns "$1")" "${@:2}" >> "$WORK/n$1.log" 2>&1 &
  NODE_PID[$1]=$!; PIDS+=($!)
}

# behind_nodes ADDRESS…: each node has them all: what stands for the network that is protected.
behind_nodes() { local i one; BEHIND+=("$@"); for i in "${NODES[@]}"; do for one in "$@"; do in_node "$i" ip addr add "$one/32" dev lo; done; done; }

concentrator() { timeout 20 dotnet "$PROGRAM" "$@" >> "$WORK/commands.log" 2>&1; }

# node_at N: where the others reach it; with FAMILY=6 at its IPv6 address.
node_at() { if [ "${FAMILY:-4}" = 6 ]; then echo "[2001:db8::1$1]:$CLUSTER_PORT"; else echo "192.0.2.1$1:$CLUSTER_PORT"; fi; }

seeds() { local i; for i in "${NODES[@]}"; do node_at "$i"; done; }

service_flags() { local address; for address in "${SERVICE[@]}"; do if [[ $address == *:* ]]; then echo "$address/64%eth0"; else echo "$address/24%eth0"; fi; done; }

# vici_of N: unix sockets of a guest are in its memory.
vici_of() { if in_guest "$1"; then echo "/run/n$1.sock"; else echo "$WORK/n$1.sock"; fi; }

# kernel_of N: what the node is told to have its SAs in.
kernel_of() { if in_guest "$1"; then echo netlink; else echo "${KERNEL:-memory}"; fi; }

# launch_node N [flags]: the process of a node, with what all have. WRAP: a command that runs it, for a changed clock. HOW: how it finds the others. CA: the folder of
# its certificate. FAMILY: see node_at. BINARY: another program than the present one.
launch_node() {
  local i=$1; shift
  if [ -f "$SCENARIO/node.conf" ]; then (umask 077; sed "s|@PSK@|$PSK|" "$SCENARIO/node.conf" > "$WORK/node.conf"); else touch "$WORK/node.conf"; fi
  # shellcheck disable=SC2086
  run_node "$i" ${WRAP:-} dotnet "${BINARY:-$PROGRAM}" serve --config "$WORK/node.conf" --kernel "$(kernel_of "$i")" --http none --vici "$(vici_of "$i")" \
    --node-name "n$i" --cluster-address "$(node_at "$i")" ${HOW:---seed $(seeds)} --service-address $(service_flags) \
    --cluster-cert "$WORK/${CA:-ca}/n$i.pem" --cluster-key "$WORK/${CA:-ca}/n$i.key" --cluster-ca "$WORK/${CA:-ca}/ca.pem" "${FLAGS[@]}" "$@"
}

# start_nodes [N…]: these, or all, at once; returns when each is ready.
start_nodes() {
  local i
  [ $# != 0 ] || set -- "${NODES[@]}"
  for i in "$@"; do launch_node "$i"; done
  for i in "$@"; do node_says "$i" "ready: listening" 60; done
}

start_node() { launch_node "$@"; node_says "$1" "ready: listening" 60; }

# kill_node N [SIGNAL]; the shell is not to tell of it.
kill_node() {
  if in_guest "$1"; then guest_kill "$@"; return; fi
  kill "-${2:-KILL}" "${NODE_PID[$1]}"; [ "${2:-KILL}" != KILL ] || wait "${NODE_PID[$1]}" 2>/dev/null || true
}

# node_time N WHAT: when it first said so, in ms since the epoch.
node_time() { date -d "$(grep -E -m 1 -- "$2" "$WORK/n$1.log" | cut -c1-23)" +%s%3N; }

stop_node() {
  kill -TERM "${NODE_PID[$1]}"
  wait_until "node $1 ends" 8 dead "${NODE_PID[$1]}"
  local code=0; wait "${NODE_PID[$1]}" || code=$?
  check "node $1 ends with exit code 0" [ "$code" = 0 ]
}

node_says() { wait_until "node $1 says: $2" "${3:-10}" grep -E -- "$2" "$WORK/n$1.log"; CHECKS=$((CHECKS + 1)); }

node_count() { grep -cE -- "$2" "$WORK/n$1.log"; }

# has N ADDRESS: as its kernel says.
has() { if in_guest "$1"; then guest_has "$@"; else [ -n "$(ip -n "$(node_ns "$1")" -o addr show to "$2")" ]; fi; }

# holders ADDRESS [N…]: which nodes have it, of all or of these.
holders() {
  local address=$1 i; shift
  [ $# != 0 ] || set -- "${NODES[@]}"
  for i in "$@"; do if has "$i" "$address"; then echo "$i"; fi; done
}

# all_held N…: each service address is on one of these nodes.
all_held() { local address; for address in "${SERVICE[@]}"; do [ "$(holders "$address" "$@" | wc -l)" = 1 ] || return 1; done; }

# even N…: besides, none of them has more than one more than another.
even() {
  all_held "$@" || return 1
  local i most=0 least=99 count address
  for i in "$@"; do
    count=0
    for address in "${SERVICE[@]}"; do if has "$i" "$address"; then count=$((count + 1)); fi; done
    [ $count -le $most ] || most=$count
    [ $count -ge $least ] || least=$count
  done
  [ $((most - least)) -le 1 ]
}

# held_within SECONDS WHAT even|all_held N…: waits, checks, and says how long it took.
held_within() {
  local seconds=$(($1 * PATIENCE)) what=$2 begin; shift 2
  begin=$(now)
  wait_until "$what: $*" $((seconds + 20)) "$@"
  local took=$(($(now) - begin))
  echo "   $NAME: $what after $took ms"
  check "$what within $seconds s (it took $took ms)" [ $took -le $((seconds * 1000)) ]
}

# part A… : frames between these nodes and the other nodes are dropped in the bridge; peers reach all.
part() {
  local i ours="" others=""
  for i in "${NODES[@]}"; do if [[ " $* " == *" $i "* ]]; then ours+="\"n$i\","; else others+="\"n$i\","; fi; done
  ip netns exec "${NS}b" nft -f - <<NFT
table bridge part {
  chain forward {
    type filter hook forward priority 0;
    iifname { ${ours%,} } oifname { ${others%,} } drop
    iifname { ${others%,} } oifname { ${ours%,} } drop
  }
}
NFT
}

heal() { ip netns exec "${NS}b" nft delete table bridge part; }

# ping_start NAME ADDRESS [SOURCE [PEER]]: from peer 1 or another, ten a second, until ping_gap NAME. Returns when the first is answered.
ping_start() {
  ip netns exec "$(peer_ns "${4:-1}")" ping -D -n -i 0.1 -W 1 ${3:+-I "$3"} "$2" > "$WORK/ping.$1" 2>&1 &
  eval "PING_$1=$!"; PIDS+=($!)
  wait_until "pings to $2 are answered" 5 grep "bytes from" "$WORK/ping.$1"
}

# reaches PEER SOURCE ADDRESS
reaches() { ip netns exec "$(peer_ns "$1")" ping -q -n -c 1 -W 1 -I "$2" "$3"; }

# ping_gap NAME: ends it and prints the longest time without an answer, in ms.
ping_gap() {
  local pid; eval "pid=\$PING_$1"
  kill -INT "$pid" 2>/dev/null; wait "$pid" 2>/dev/null
  awk -v end="$(date +%s.%N)" '/bytes from/ { t = substr($1, 2) + 0; if (last && t - last > gap) gap = t - last; last = t }
    END { if (!last) { print 999999; exit } if (end - last > gap) gap = end - last; printf "%d\n", gap * 1000 }' "$WORK/ping.$1"
}

# start_charon N [extra charon settings]: strongSwan with ESP in user space as peer N, by the scenario's peer.conf (@N@ is N), with 10.2.N.1 behind it. What it sends
# and gets is in $WORK/wire.pN.pcap.
start_charon() {
  local n=$1 dir="$WORK/peer$1"; NS_PEER=$(peer_ns "$n")
  ip netns list | grep "^$NS_PEER\b" > /dev/null || plug "$NS_PEER" "p$n" "192.0.2.2$n/24" "2001:db8::2$n/64"
  ip -n "$NS_PEER" addr add "10.2.$n.1/24" dev lo
  ip netns exec "$NS_PEER" tcpdump -i eth0 --immediate-mode -U -s 2048 -B 8192 -w "$WORK/wire.p$n.pcap" 'udp port 500 or udp port 4500' > "$WORK/tcpdump.p$n" 2>&1 &
  PIDS+=($!)
  wait_until "tcpdump listens" 5 grep "listening on" "$WORK/tcpdump.p$n"
  mkdir -p "$dir"/{x509,x509ca,x509ocsp,x509aa,x509ac,x509crl,pubkey,private,rsa,ecdsa,pkcs8,pkcs12,bliss}
  sed "s|@PSK@|$PSK|; s|@N@|$n|g" "$SCENARIO/peer.conf" > "$dir/swanctl.conf"
  cat > "$dir/strongswan.conf" <<CONF
charon {
  load = $CHARON_BASE kernel-libipsec kernel-netlink socket-default vici
  retransmit_timeout = 1
  ${2:-}
  plugins { vici { socket = unix://$dir/vici.sock } }
  filelog { lab { path = $dir/charon.log
    default = 1
    flush_line = yes } }
}
CONF
  ip netns exec "$NS_PEER" unshare -m bash -c "mount -t tmpfs tmpfs /run; STRONGSWAN_CONF=$dir/strongswan.conf exec $CHARON" > "$dir/charon.out" 2>&1 &
  PIDS+=($!)
  wait_until "charon $n is up" 10 test -S "$dir/vici.sock"
  check "charon $n takes its configuration" charon_do "$n" --load-all -f "$dir/swanctl.conf"
}

# charon_do N …: swanctl at peer N.
charon_do() { local n=$1; shift; timeout 15 ip netns exec "$(peer_ns "$n")" swanctl "$@" --uri "unix://$WORK/peer$n/vici.sock"; }

# charon_has N PATTERN: in its list of SAs.
charon_has() { charon_do "$1" --list-sas | grep -E -- "$2" > /dev/null; }

# ike_of N CONNECTION: which IKE_SA it is, by its number and both SPIs.
ike_of() { charon_do "$1" --list-sas --ike "$2" | grep -E "^$2: .*ESTABLISHED"; }

# spis_of N CHILD: of those that carry traffic.
spis_of() { charon_do "$1" --list-sas | awk -v child="  $2: " 'index($0, child) { mine = /INSTALLED/ } mine && /^    (in|out) / { print substr($2, 1, 8) } /^[a-z]/ { mine = 0 }' | tr -d '\n'; }

charon_says() { wait_until "charon $1 says: $2" "${3:-10}" grep -E -- "$2" "$WORK/peer$1/charon.log"; CHECKS=$((CHECKS + 1)); }

# watch_bridge: addresses of inside tunnels are seen there only in clear.
watch_bridge() {
  ip netns exec "${NS}b" tcpdump -i br0 -nn --immediate-mode -U -s 2048 -B 8192 -w "$WORK/clear.pcap" 'net 10.1.0.0/16 or net 10.2.0.0/15' > "$WORK/tcpdump.clear" 2>&1 &
  PIDS+=($!)
  wait_until "tcpdump listens" 5 grep "listening on" "$WORK/tcpdump.clear"
}

in_clear() { tcpdump -nn -r "$WORK/clear.pcap" 2>/dev/null; }

# asked_anew N SINCE: charon's IKE_SA_INIT and IKE_AUTH, and the answers, since then (seconds since the epoch).
asked_anew() { tshark -r "$WORK/wire.p$1.pcap" -Y "frame.time_epoch >= $2 && udp.srcport <= 4500 && udp.dstport <= 4500 && (isakmp.exchangetype == 34 || isakmp.exchangetype == 35)" 2>/dev/null; }

# replay N UNTIL ike|esp ADDRESS: prints what replay.py says.
replay() { ip netns exec "$(peer_ns "$1")" python3 "$ROOT/tests/cluster/lib/replay.py" "$WORK/wire.p$1.pcap" "$2" "$3" "$4"; }

# echoes N: requests that reached node N by now, inside tunnels or not.
echoes() { in_node "$1" awk '/^Icmp:/ && !n { for (i = 2; i <= NF; i++) if ($i == "InEchos") n = i; next } /^Icmp:/ { print $n }' /proc/net/snmp; }

# esp_in_kernel N: whether the node's ESP is in its kernel, which tells of it then.
esp_in_kernel() { [ "$(kernel_of "$1")" = netlink ]; }

# node_sas N: what its kernel tells of its SAs, one a line.
node_sas() { in_node "$1" ip -s xfrm state list nokeys | one_line; }

# sa_number seq|oseq: the last number that an SA has received, or sent, by a line on stdin.
sa_number() { printf '%d\n' "$(grep -oE "context:.* $1 0x[0-9a-f]+" | grep -oE "0x[0-9a-f]+$")"; }

# sa_as_added N SPI: what the kernel of a guest told when the node installed it.
sa_as_added() { one_line < "$WORK/sas.n$1" | grep "^src .* spi 0x$2\b" | head -n 1; }

# refused_esp N: how many packets its kernel has not taken, because it had seen their numbers or because it has not their SA.
refused_esp() { in_node "$1" awk '$1 == "XfrmInStateSeqError" || $1 == "XfrmInNoStates" { n += $2 } END { print n + 0 }' /proc/net/xfrm_stat; }

# start_postgres: a database of the scenario's own at 192.0.2.5; POSTGRES is its connection string, the password in PGPASSFILE.
start_postgres() {
  local dir="$WORK/pg" password; password=$(head -c 18 /dev/urandom | base64 | tr -d '+/')
  [ -d "$dir" ] || {
    plug "${NS}d" db 192.0.2.5/24
    chmod 711 "$WORK"
    install -d -o postgres -m 700 "$dir"
    (umask 077; echo "192.0.2.5:*:*:postgres:$password" > "$WORK/pgpass"; echo "$password" > "$dir/../pgpw"); chown postgres "$WORK/pgpw"
    runuser -u postgres -- "$PG_BIN/initdb" -N -D "$dir" -A scram-sha-256 --pwfile="$WORK/pgpw" >> "$WORK/pg.log" 2>&1 || fail "initdb"
    echo "host all all 192.0.2.0/24 scram-sha-256" >> "$dir/pg_hba.conf"
  }
  ip netns exec "${NS}d" runuser -u postgres -- "$PG_BIN/postgres" -D "$dir" -h 192.0.2.5 -k "$dir" >> "$WORK/pg.log" 2>&1 &
  PIDS+=($!)
  wait_until "PostgreSQL answers" 15 ip netns exec "${NS}d" "$PG_BIN/pg_isready" -h 192.0.2.5
  POSTGRES="Host=192.0.2.5;Username=postgres;Database=postgres;Passfile=$WORK/pgpass"
}

# stop_postgres: at once, whoever is connected. What was started is what became the user, and passes no signals on.
stop_postgres() {
  local pid; pid=$(head -n 1 "$WORK/pg/postmaster.pid")
  kill -INT "$pid"
  wait_until "PostgreSQL ends" 15 dead "$pid"
}

# store_in_postgres: the nodes that start from now on keep their IKE_SAs there, under a key of the scenario's own.
store_in_postgres() {
  concentrator cluster init-key "$WORK/store.key"
  FLAGS+=(--store "postgres:$POSTGRES" --store-key "$WORK/store.key")
}

# What holds at the end of every scenario, and what the kernels told of the addresses, with their times, proves it.
lab_finish() {
  local i
  check "the kernels told of service addresses" grep -F "${SERVICE[0]}" "$WORK"/addresses.n*
  check "no service address was on two nodes: $(python3 "$ROOT/tests/cluster/lib/overlaps.py" "$WORK"/addresses.n* 2>&1 | tail -n 3)" \
    python3 "$ROOT/tests/cluster/lib/overlaps.py" "$WORK"/addresses.n*
  for i in "${NODES[@]}"; do check "node $i had no unhandled fault" not grep -E "Unhandled exception|NullReferenceException" "$WORK/n$i.log"; done
}

lab_evidence() {
  local i log
  for i in "${NODES[@]}"; do echo "--- node $i, has $(in_node "$i" ip -o -4 addr show dev eth0 | awk '{print $4}' | tr '\n' ' ')"; grep -v '^ ' "$WORK/n$i.log" 2>/dev/null | cut -c1-300 | tail -n 25; done
  for log in "$WORK"/peer*/charon.log; do [ -f "$log" ] || continue; echo "--- $log"; grep -v '00\[' "$log" | tail -n 25; done
  echo "--- commands"; tail -n 5 "$WORK/commands.log"
}
