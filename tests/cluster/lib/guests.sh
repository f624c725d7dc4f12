# For a scenario that sources this first: the nodes in IN_GUESTS are machines of their own, User-Mode Linux, whose kernel has ESP. A tap device joins each to the lab's bridge.
# What kills such a node takes its power away: its process, its kernel and its SAs are gone at once, and what starts it again boots it.
#
# A guest's console takes names of files, each a command, one after the other (`agent.sh`). What guests write is on the host's disk when they have written it.
. "$ROOT/tests/uml/lib/guest.sh"
guests_in "$WORK/guests"
gcc -O2 -shared -fPIC -o "$WORK/clock.so" "$ROOT/tests/cluster/lib/clock.c" || fail "clock.c is not built"
readonly GUEST_SECONDS=900
PATIENCE=2
# The clock of a guest stands still while the host is at other work, and with it the lifetime of an address.
export SLACK=1
# A node that starves beside others' guests would be given up.
WRAP="$ROOT/tests/cluster/lib/favour.sh"
LIFE=() GUEST_PID=() KEYBOARD=()

in_guest() { [[ " $IN_GUESTS " == *" $1 "* ]]; }

guest_name() { echo "n$1.${LIFE[$1]}"; }

guest_of() { echo "$OUT/$(guest_name "$1")"; }

guest_place() {
  ip -n "${NS}b" tuntap add "n$1" mode tap && ip -n "${NS}b" link set "n$1" master br0 up
  mkfifo "$WORK/console.n$1"
  exec {KEYBOARD[$1]}<> "$WORK/console.n$1"
  guest_boot "$1"
}

guest_boot() {
  LIFE[$1]=$((${LIFE[$1]:-0} + 1))
  mkdir -p "$(guest_of "$1")/asked"
  HUB="${NS}b" CABLE="n$1" CONSOLE="$WORK/console.n$1" boot "$(guest_name "$1")" $GUEST_SECONDS "$ROOT/tests/cluster/lib/agent.sh" "$(guest_of "$1")"
  GUEST_PID[$1]=${GUESTS[-1]}; PIDS+=("${GUESTS[-1]}")
}

# uml_of N: the guest's kernel, and its group and session, in which all of the guest's processes are.
uml_of() { cat "$(guest_of "$1")/uml/lab/pid"; }

# favour N: as favour.sh does, for a kernel that has made a session of its own.
favour() {
  renice -n -10 -g "$(uml_of "$1")" && { [ ! -w "/proc/$(uml_of "$1")/autogroup" ] || echo -10 > "/proc/$(uml_of "$1")/autogroup"; }
} > /dev/null

# guest_watch N: once it is up, with the addresses that it has of its own.
guest_watch() {
  local one
  wait_until "guest $1 boots" 20 uml_of "$1"
  favour "$1"
  wait_until "guest $1 is up" 60 test -e "$(guest_of "$1")/up"
  guest_do "$1" ip link set vec0 name eth0
  for one in "192.0.2.1$1/24" "2001:db8::1$1/64"; do guest_do "$1" ip addr add "$one" dev eth0 $([[ $one == *:* ]] && echo nodad); done
  check "guest $1 is on the bridge" guest_do "$1" ip link set eth0 up
  # The way to the peers' networks ends at nobody: what has no policy leaves in clear, and is seen on the bridge.
  guest_do "$1" ip neigh add 192.0.2.1 lladdr 02:00:00:00:00:01 dev eth0
  check "guest $1 has a route" guest_do "$1" ip route add 10.2.0.0/15 via 192.0.2.1
  for one in "${BEHIND[@]}"; do guest_do "$1" ip addr add "$one/32" dev lo; done
  guest_background "$1" "$WORK/addresses.n$1" python3 "$ROOT/tests/cluster/lib/host_clock.py" addresses
  guest_background "$1" "$WORK/sas.n$1" ip xfrm monitor nokeys SA
}

# guest_do N COMMAND…: nothing comes of it where the guest is dead.
guest_do() {
  local i=$1 ask end=$((SECONDS + 20)); shift
  [ -n "${GUEST_PID[i]}" ] || return 1
  ask=$(mktemp "$(guest_of "$i")/asked/XXXXXX")
  printf '%q ' "$@" > "$ask"
  echo "${ask##*/}" >&"${KEYBOARD[i]}"
  until [ -e "$ask.code" ]; do
    [ $SECONDS -lt $end ] || { echo "guest $i does not answer" >&2; return 1; }
    read -rt 0.01 -u "$NEVER" || true
  done
  cat "$ask.out"
  return "$(cat "$ask.code")"
}

# guest_background N OUTPUT COMMAND…
guest_background() { local i=$1; shift; guest_do "$i" bash -c 'out=$1; shift; setsid "$@" < /dev/null >> "$out" 2>&1 &' - "$@"; }

guest_run() {
  local i=$1; shift
  if [ -z "${GUEST_PID[i]}" ]; then guest_boot "$i"; guest_watch "$i"; fi
  guest_background "$i" "$WORK/n$i.log" env HOME="$WORK" LD_PRELOAD="$WORK/clock.so" "$@"
}

# guest_has N ADDRESS: by what its kernel has told; to ask it time and again would cost it much.
guest_has() {
  awk -v address=" $2/" '/halted$/ { has = 0 } / eth0 / && index($0, address) { has = !/ Deleted / } END { exit !has }' "$WORK/addresses.n$1"
}

# guest_kill N [SIGNAL]: the whole machine. It may be made to stand still first, but is not meant to go on: from then on it has no address that answers.
guest_kill() {
  kill "-${2:-KILL}" -- "-$(uml_of "$1")"
  echo "[$(date +%Y-%m-%dT%H:%M:%S.%6N)] halted" >> "$WORK/addresses.n$1"
  [ "${2:-KILL}" = KILL ] || return 0
  wait "${GUEST_PID[$1]}" 2> /dev/null
  GUEST_PID[$1]=""
}
