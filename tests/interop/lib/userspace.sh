# Two ends that have ESP in user space, on the machine's own kernel: our program over its TUN device, and charon with kernel-libipsec over its own, or our
# program a second time. Sourced by scenarios whose traffic is real.
#
#   ours 192.0.2.1 / 2001:db8::1 ──────── veth ──────── peer 192.0.2.2 / 2001:db8::2
#   10.1.0.1 … 10.1.7.1, fd01::1                         10.2.0.1 … 10.2.7.1, fd02::1

. "$ROOT/tests/interop/lib/traffic.sh"

# What may leave an end: IKE and ESP in UDP, what neighbours say to each other before there is IP, and what a host says of an IKE port at which nobody listens.
readonly CLEAR_TEXT='not (arp or udp port 500 or udp port 4500 or (icmp[0] = 3 and icmp[1] = 3 and icmp[17] = 17 and (icmp[30:2] = 500 or icmp[30:2] = 4500)) or ip6 proto 0 or (icmp6 and ip6[40] >= 133 and ip6[40] <= 137))'

# net_userspace: both ends on one cable, both families behind them, and routes there: what the tunnel does not take would leave in clear.
net_userspace() {
  net_direct
  inner_ipv6
  ip -n "$NS_OURS" route add 10.2.0.0/16 via 192.0.2.2
  ip -n "$NS_PEER" route add 10.1.0.0/16 via 192.0.2.1
  ip -n "$NS_OURS" route add fd02::/16 via 2001:db8::2
  ip -n "$NS_PEER" route add fd01::/16 via 2001:db8::1
  watch_clear_text ours "$NS_OURS"
  watch_clear_text peer "$NS_PEER"
}

# net_userspace_nat: the same with the peer behind a router that translates, at 10.9.0.2; IPv4 alone.
net_userspace_nat() {
  net_nat peer
  ip -n "$NS_OURS" route add 10.2.0.0/16 via 192.0.2.254
  watch_clear_text ours "$NS_OURS"
  watch_clear_text peer "$NS_PEER"
}

# change_mapping: the router loses its outer address for a moment, and with it all that it knew of its translations. The next packet gets a port anew.
change_mapping() { ip -n "$NS_ROUTER" -batch - <<< $'addr del 192.0.2.254/24 dev out\naddr add 192.0.2.254/24 dev out'; }

# peer_port: what the last ESP packet of the peer had been given.
peer_port() { wire "udp.dstport == 4500 && esp && ip.src == 192.0.2.254" udp.srcport | tail -n 1; }

inner_ipv6() {
  ip -n "$NS_OURS" addr add fd01::1/64 dev lo nodad
  ip -n "$NS_PEER" addr add fd02::1/64 dev lo nodad
}

# start_second: our program at the peer's end, with ESP in user space, from second.conf.
start_second() {
  (umask 077; sed "s|@PSK@|$PSK|" "$SCENARIO/second.conf" > "$WORK/second.conf")
  ip netns exec "$NS_PEER" dotnet "$PROGRAM" serve --config "$WORK/second.conf" --kernel userspace --retransmit-timeout 1 "$@" >> "$WORK/second.log" 2>&1 &
  SECOND_PID=$!; PIDS+=("$SECOND_PID")
  second_says "ready: listening" 20
}

second_says() { wait_until "the second gateway's log says: $1" "${2:-8}" grep -qE -- "$1" "$WORK/second.log"; CHECKS=$((CHECKS + 1)); }

# ours_never_errs: our log tells of no refusal, of no failure, and of no ESP that nobody wanted.
ours_never_errs() { ours_never_says "refused|failed|SO_MARK|was not removed|Exception"; }

# device_gone NAMESPACE: no device, route or rule of ours is left there.
device_gone() {
  local ns=${1:-$NS_OURS}
  check "no TUN device of ours is left" not grep -q " esp[0-9]" <<< "$(ip -n "$ns" link)"
  check "no route of ours is left" [ -z "$(ip -n "$ns" route show table 4500 2>/dev/null; ip -n "$ns" -6 route show table 4500 2>/dev/null)" ]
  check "no routing rule of ours is left" not grep -q "lookup 4500" <<< "$(ip -n "$ns" rule; ip -n "$ns" -6 rule)"
}

lab_evidence() {
  local ns
  for ns in "$NS_OURS" "$NS_PEER"; do
    echo "--- routes, rules and links in $ns"; ip -n "$ns" route show table 4500; ip -n "$ns" -6 route show table 4500; ip -n "$ns" rule; ip -n "$ns" -s link | grep -A5 -E "esp|ipsec"
  done
  echo "--- second"; tail -n 20 "$WORK/second.log"
  echo "--- clear text"; clear_text ours | tail -n 5; clear_text peer | tail -n 5
  echo "--- the last of ping and iperf3"; tail -n 4 "$WORK/ping.out" "$WORK"/flood-*.out; tail -n 12 "$WORK/iperf.out"
} 2>/dev/null

# What holds at the end of every scenario with traffic: nothing has left in clear, an independent reader understands us, the kernel's XFRM was left alone.
userspace_finish() {
  clear_text_check
  device_gone
}
