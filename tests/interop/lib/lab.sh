# Shared by all scenarios: two network namespaces with a cable between them, our program in one and strongSwan's charon in the other.
#
#   ours 192.0.2.1 / 2001:db8::1 ──────── veth ──────── peer 192.0.2.2 / 2001:db8::2
#   protects 10.1.0.0/16                                 protects 10.2.0.0/16
#
# A scenario is sourced with these in place: WORK (its own temporary folder), SCENARIO (its folder), and the functions below.
# Everything is bounded in time; everything that was started or made is taken down by `lab_down`, whatever happened.
# What reads a pipe reads it to its end: `grep -q` leaves early, and where its writer then dies of SIGPIPE, pipefail makes a finding a failure.

readonly CHARON=/usr/lib/ipsec/charon
readonly PROGRAM="$ROOT/src/Concentrator/bin/Release/net10.0/concentrator.dll"
readonly CHARON_BASE="random nonce aes sha1 sha2 hmac kdf gmp curve25519 openssl gcm chapoly pem pkcs1 pkcs8 x509 pubkey revocation"

. "$ROOT/tests/interop/lib/pki.sh"

PIDS=()
CHECKS=0
PATIENCE=1 POLL=0.05
# Nothing is ever to be read from it.
exec {NEVER}<> <(:)

lab_up() {
  NS_OURS="ci$$o" NS_PEER="ci$$p" NS_ROUTER="ci$$r"
  WORK=$(mktemp -d "${TMPDIR:-/tmp}/concentrator-interop.XXXXXX")
  chmod 700 "$WORK"
  # A letter in front: what begins with 0x or 0s is read as hex or Base64.
  PSK=k$(head -c 24 /dev/urandom | base64)
  touch "$WORK/ours.log" "$WORK/charon.log"
}

lab_down() {
  local pid
  for pid in "${PIDS[@]}"; do kill -KILL "$pid" 2>/dev/null; wait "$pid" 2>/dev/null; done
  local ns
  for ns in "$NS_OURS" "$NS_PEER" "$NS_ROUTER"; do
    ip netns pids "$ns" 2>/dev/null | xargs -r kill -KILL 2>/dev/null
    ip netns del "$ns" 2>/dev/null
  done
  rm -rf "$WORK"
}

namespace() { ip netns add "$1" && ip -n "$1" link set lo up; }

# Both ends on one cable.
net_direct() {
  namespace "$NS_OURS"; namespace "$NS_PEER"
  ip link add eth0 netns "$NS_OURS" type veth peer name eth0 netns "$NS_PEER"
  address "$NS_OURS" eth0 192.0.2.1/24 2001:db8::1/64
  address "$NS_PEER" eth0 192.0.2.2/24 2001:db8::2/64
  inner
}

# One end behind a router that translates its addresses: net_nat ours | net_nat peer.
net_nat() {
  local inside=$NS_OURS outside=$NS_PEER inner=10.9.0.1/24 outer=192.0.2.2/24
  if [ "$1" = peer ]; then inside=$NS_PEER outside=$NS_OURS inner=10.9.0.2/24 outer=192.0.2.1/24; fi
  namespace "$NS_OURS"; namespace "$NS_PEER"; namespace "$NS_ROUTER"
  ip link add eth0 netns "$inside" type veth peer name in netns "$NS_ROUTER"
  ip link add eth0 netns "$outside" type veth peer name out netns "$NS_ROUTER"
  address "$inside" eth0 "$inner"; address "$NS_ROUTER" in 10.9.0.254/24
  address "$outside" eth0 "$outer"; address "$NS_ROUTER" out 192.0.2.254/24
  ip -n "$inside" route add default via 10.9.0.254
  ip netns exec "$NS_ROUTER" sysctl -qw net.ipv4.ip_forward=1
  masquerade
  inner
}

# The router gives out its own outer address, and ports at random.
masquerade() {
  ip netns exec "$NS_ROUTER" nft -f - <<'NFT'
table ip nat {
  chain post { type nat hook postrouting priority 100; oifname "out" masquerade random; }
}
NFT
}

address() {
  local ns=$1 device=$2 one; shift 2
  for one in "$@"; do ip -n "$ns" addr add "$one" dev "$device" $([[ $one == *:* ]] && echo nodad); done
  ip -n "$ns" link set "$device" up
}

inner() {
  ip -n "$NS_OURS" -batch - < <(printf 'addr add 10.1.%d.1/24 dev lo\n' {0..7})
  ip -n "$NS_PEER" -batch - < <(printf 'addr add 10.2.%d.1/24 dev lo\n' {0..7})
  capture
}

# start_peer accepting|refusing|kernel [extra charon settings]: a charon that has ESP in user space, or whose kernel refuses it, or whose kernel has it.
start_peer() {
  local plugins="kernel-netlink"
  [ "$1" = accepting ] && plugins="kernel-libipsec kernel-netlink"
  mkdir -p "$WORK/swanctl"/{x509,x509ca,x509ocsp,x509aa,x509ac,x509crl,pubkey,private,rsa,ecdsa,pkcs8,pkcs12,bliss}
  sed "s|@PSK@|$PSK|" "$SCENARIO/peer.conf" > "$WORK/swanctl/swanctl.conf"
  cat > "$WORK/strongswan.conf" <<CONF
charon {
  load = $CHARON_BASE $plugins socket-default vici
  retransmit_timeout = 1
  ${2:-}
  plugins { vici { socket = unix://$WORK/vici.sock } }
  filelog { lab { path = $WORK/charon.log
    default = 1
    chd = 2
    flush_line = yes } }
}
CONF
  rm -f "$WORK/vici.sock"
  ip netns exec "$NS_PEER" unshare -m bash -c "mount -t tmpfs tmpfs /run; STRONGSWAN_CONF=$WORK/strongswan.conf exec $CHARON" > "$WORK/charon.out" 2>&1 &
  PEER_PID=$!; PIDS+=("$PEER_PID")
  wait_until "charon is up" 5 test -S "$WORK/vici.sock"
  wait_until "charon takes its configuration" 5 swan --load-all -f "$WORK/swanctl/swanctl.conf"
}

swan() { timeout 10 ip netns exec "$NS_PEER" swanctl "$@" --uri "unix://$WORK/vici.sock" >> "$WORK/swanctl.out" 2>&1; }

# ours_swan …: Debian's own swanctl at our control socket.
ours_swan() { timeout 10 swanctl "$@" --uri "unix://$WORK/ours.sock"; }

swan_sas() { timeout 10 ip netns exec "$NS_PEER" swanctl --list-sas --uri "unix://$WORK/vici.sock"; }

# start_ours KERNEL [flags]: our program, until it says that it is ready.
start_ours() {
  local kernel=$1; shift
  (umask 077; sed "s|@PSK@|$PSK|" "$SCENARIO/ours.conf" > "$WORK/ours.conf")
  # CRLs are cached in the home directory: those of this lab go with it.
  HOME=$WORK ip netns exec "$NS_OURS" dotnet "$PROGRAM" serve --config "$WORK/ours.conf" --kernel "$kernel" --retransmit-timeout 1 --vici "$WORK/ours.sock" --http none "$@" >> "$WORK/ours.log" 2>&1 &
  OURS_PID=$!; PIDS+=("$OURS_PID")
  ours_says "ready: listening" 20
}

# Ends our program as an operator would, and holds it to its five seconds.
stop_ours() {
  kill -TERM "$OURS_PID"
  local end=$((SECONDS + 6))
  while kill -0 "$OURS_PID" 2>/dev/null && [ $SECONDS -lt $end ]; do read -rt 0.1 <> <(:) || true; done
  check "our program ends within 5 s of SIGTERM" dead "$OURS_PID"
  local code=0; wait "$OURS_PID" || code=$?
  check "with exit code 0" [ "$code" = 0 ]
}

dead() { ! kill -0 "$1" 2>/dev/null; }

# capture: all IKE and ESP on our side of the cable, into $WORK/wire.pcap.
# Begins with the network, once; scenarios that look at the wire say so by calling it.
capture() {
  [ -f "$WORK/tcpdump.out" ] && return
  ip netns exec "$NS_OURS" tcpdump -i eth0 --immediate-mode -U -s 2048 -B 8192 -w "$WORK/wire.pcap" 'udp port 500 or udp port 4500 or esp' > "$WORK/tcpdump.out" 2>&1 &
  PIDS+=($!)
  wait_until "tcpdump listens" 5 grep -q "listening on" "$WORK/tcpdump.out"
}

# wire FILTER [FIELD…]: the fields of all captured packets that fit.
wire() {
  local filter=$1 field fields=(); shift
  for field in "$@"; do fields+=(-e "$field"); done
  tshark -r "$WORK/wire.pcap" -Y "$filter" -T fields "${fields[@]:--eframe.number}" 2>/dev/null
}

wire_count() { wire "$1" | wc -l; }

# wire_is N [FILTER]: that many packets, once they have reached the capture, and no more.
wire_is() {
  wait_until "$1 packets are on the wire" 5 wire_reaches "$1" "${2:-isakmp}"
  check "$1 packets on the wire and no more" [ "$(wire_count "${2:-isakmp}")" = "$1" ]
}

wire_reaches() { [ "$(wire_count "$2")" -ge "$1" ]; }

# until WHAT SECONDS COMMAND…: polls a condition of another process; the bound is the point of it. A slow lab has more PATIENCE.
wait_until() {
  local what=$1 end=$((SECONDS + $2 * PATIENCE)); shift 2
  until "$@" > /dev/null 2>&1; do
    if [ $SECONDS -ge $end ]; then fail "$what (waited too long)"; fi
    read -rt "$POLL" -u "$NEVER" || true
  done
}

ours_says() { wait_until "our log says: $1" "${2:-8}" grep -qE -- "$1" "$WORK/ours.log"; CHECKS=$((CHECKS + 1)); }

peer_says() { wait_until "charon's log says: $1" "${2:-8}" grep -qE -- "$1" "$WORK/charon.log"; CHECKS=$((CHECKS + 1)); }

ours_never_says() { check "our log never says: $1" not grep -qE -- "$1" "$WORK/ours.log"; }

peer_never_says() { check "charon's log never says: $1" not grep -qE -- "$1" "$WORK/charon.log"; }

not() { ! "$@"; }

check() {
  local what=$1; shift
  CHECKS=$((CHECKS + 1))
  "$@" > /dev/null 2>&1 || fail "$what"
}

fail() {
  echo "FAILED $NAME: $1"
  { echo "--- our log";     tail -n 40 "$WORK/ours.log"
    echo "--- charon's log"; grep -vE '00\[|loaded|appeared' "$WORK/charon.log" | tail -n 40
    tail -n 5 "$WORK/charon.out" 2>/dev/null
    echo "--- swanctl";      tail -n 5 "$WORK/swanctl.out" 2>/dev/null
    lab_evidence; } | sed 's/^/    /'
  exit 1
}

# What else tells why a scenario failed.
lab_evidence() {
  echo "--- wire"
  [ -f "$WORK/wire.pcap" ] && tshark -r "$WORK/wire.pcap" 2>/dev/null | tail -n 20
}

# The peer's own view of the SAs.
peer_has_ike() { swan_sas | grep "ESTABLISHED, IKEv2" > /dev/null; }

peer_has_child() { swan_sas | grep -E "^  $1: .*INSTALLED" > /dev/null; }

peer_child_count() { swan_sas | grep -cE "^  [a-z].*INSTALLED" || true; }

# What is left in our kernel: the sockets' own bypass policies are no tunnels.
our_states() { ip -n "$NS_OURS" xfrm state count | sed 's/.*count \([0-9]*\).*/\1/' | head -n 1; }

our_policies() { ip -n "$NS_OURS" xfrm policy | grep -cE "^src [0-9a-f:.]+/[0-9]+ dst .*" | head -n 1 || true; }

# kernel_clean [WHOSE NAMESPACE]: ours unless said otherwise.
kernel_clean() {
  local ns=${2:-$NS_OURS}; set -- "${1:-our}"
  check "no SA is left in $1 kernel" [ -z "$(ip -n "$ns" xfrm state)" ]
  check "no policy of a tunnel is left in $1 kernel" not grep -qE 'tmpl|10\.1\.' <<< "$(ip -n "$ns" xfrm policy)"
}

# What holds at the end of every scenario: our messages were understood by an independent reader, none of them malformed, and our kernel is empty.
lab_finish() {
  local from_us='(ip.src == 192.0.2.1 || ip.src == 10.9.0.1 || ipv6.src == 2001:db8::1)'
  check "our messages are on the wire" [ "$(wire_count "isakmp && $from_us")" -gt 0 ]
  check "an independent reader finds none of them malformed" [ "$(wire_count "isakmp && _ws.malformed && $from_us")" = 0 ]
  kernel_clean
}

peer_has_one_ike() { [ "$(swan_sas | grep -c ", IKEv2,")" = 1 ]; }

peer_has_one_child() { [ "$(swan_sas | grep -cE "^  $1: .*INSTALLED, ")" = 1 ]; }

# ours_count PATTERN N SECONDS: our log says it at least that often, in time.
ours_count() {
  wait_until "our log says $2 times: $1" "$3" ours_says_often "$1" "$2"
  CHECKS=$((CHECKS + 1))
}

ours_says_often() { [ "$(grep -cE -- "$1" "$WORK/ours.log")" -ge "$2" ]; }

# Of all children that ever were INSTALLED all but one are REKEYED, DELETING or gone.
ours_has_one_child() {
  local installed gone
  installed=$(grep -cE "state change: [A-Z]+ => INSTALLED" "$WORK/ours.log")
  gone=$(grep -cE "state change: INSTALLED => (REKEYED|DELETING|DESTROYING)" "$WORK/ours.log")
  [ $((installed - gone)) = 1 ]
}

peer_says_often() { [ "$(grep -cE -- "$1" "$WORK/charon.log")" -ge "$2" ]; }
