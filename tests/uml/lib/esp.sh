# The lab of tests/interop/lib/lab.sh with what a kernel that has ESP adds: traffic, counters of SAs, and a watch for clear text.
#
#   ours 192.0.2.1 / 2001:db8::1 ──────── veth ──────── peer 192.0.2.2 / 2001:db8::2
#   10.1.0.1 … 10.1.7.1, fd01::1, fd01:1::1              10.2.0.1 … 10.2.7.1, fd02::1, fd02:1::1
#
# Both kernels are the guest's own. Counters are those of `ip -s xfrm state` and /proc/net/xfrm_stat, each namespace has its own.

. "$ROOT/tests/interop/lib/lab.sh"
. "$ROOT/tests/interop/lib/traffic.sh"
. "$ROOT/tests/interop/lib/sas.sh"
PATIENCE=3 POLL=0.2

# What may leave an end: ESP, IKE, ESP in UDP, what neighbours say to each other before there is IP (ARP, IPv6 discovery and its
# multicast), and what a host says of an IKE port at which nobody listens.
readonly CLEAR_TEXT='not (esp or arp or udp port 500 or udp port 4500 or (icmp[0] = 3 and icmp[1] = 3 and icmp[17] = 17 and (icmp[30:2] = 500 or icmp[30:2] = 4500)) or ip6 proto 0 or (icmp6 and ip6[40] >= 133 and ip6[40] <= 137))'

# capture: what leaves either end in clear. In this lab that is all that is captured, and it begins with the network.
# Of a packet's ways only the one out counts: what was decapsulated is seen once more on its way in.
capture() { watch_clear_text ours "$NS_OURS"; watch_clear_text peer "$NS_PEER"; }

# net_esp: both ends on one cable, networks of both families behind them, and routes there: without a policy a packet would leave in clear.
net_esp() {
  net_direct
  local third
  for third in 0 1; do
    ip -n "$NS_OURS" addr add "fd01:$third::1/64" dev lo nodad
    ip -n "$NS_PEER" addr add "fd02:$third::1/64" dev lo nodad
  done
  ip -n "$NS_OURS" route add 10.2.0.0/16 via 192.0.2.2
  ip -n "$NS_PEER" route add 10.1.0.0/16 via 192.0.2.1
  ip -n "$NS_OURS" route add fd02::/16 via 2001:db8::2
  ip -n "$NS_PEER" route add fd01::/16 via 2001:db8::1
}

# net_esp_nat_peer: the peer behind a router that gives it another address, and with `translate` another one again, or another port.
net_esp_nat_peer() {
  net_nat peer
  ip -n "$NS_ROUTER" addr add 192.0.2.253/24 dev out
  ip -n "$NS_OURS" route add 10.2.0.0/16 via 192.0.2.254
}

# translate ADDRESS [PORT]: from now on the router makes this of what comes from 10.9.0.2[4500]. The new rule is there before the old one goes.
TRANSLATION=100
translate() {
  local way before=$TRANSLATION out=() in=()
  TRANSLATION=$((TRANSLATION - 1))
  if [ -n "${2:-}" ]; then
    out=(pipe action pedit ex munge udp sport set "$2" pipe action csum ip4h and udp)
    in=(pipe action pedit ex munge udp dport set 4500 pipe action csum ip4h and udp)
  fi
  ip netns exec "$NS_ROUTER" tc filter add dev out ingress prio $TRANSLATION protocol ip matchall action nat ingress "$1/32" 10.9.0.2 "${in[@]}"
  ip netns exec "$NS_ROUTER" tc filter add dev out egress prio $TRANSLATION protocol ip matchall action nat egress 10.9.0.2/32 "$1" "${out[@]}"
  [ "$before" = 100 ] || for way in egress ingress; do ip netns exec "$NS_ROUTER" tc filter del dev out "$way" prio "$before"; done
}

# net_esp_nat: our end behind a router that translates its address.
net_esp_nat() {
  net_nat ours
  ip -n "$NS_PEER" route add 10.1.0.0/16 via 192.0.2.254
}

# This kernel has no masquerading; tc translates the address and leaves the ports.
masquerade() {
  ip netns exec "$NS_ROUTER" tc qdisc add dev out clsact
  if [[ "$(ip -n "$NS_OURS" addr show dev eth0)" == *" 192.0.2.1/"* ]]; then translate 192.0.2.254; return; fi
  ip netns exec "$NS_ROUTER" tc filter add dev out egress protocol ip matchall action nat egress 10.9.0.1/32 192.0.2.254
  ip netns exec "$NS_ROUTER" tc filter add dev out ingress protocol ip matchall action nat ingress 192.0.2.254/32 10.9.0.1
}

# The SAs of a namespace, one a line, without keys and limits.
sas() { ip -n "$1" -s xfrm state list nokeys | one_line; }

policies() { ip -n "$1" xfrm policy list nosock | one_line; }

# sas_are N: so many SAs in either kernel.
sas_are() {
  wait_until "our kernel has $1 SAs" 5 sas_number "$NS_OURS" "$1"
  wait_until "charon's kernel has $1 SAs" 5 sas_number "$NS_PEER" "$1"
  CHECKS=$((CHECKS + 2))
}

our_sas_have() { [ "$(sas "$NS_OURS" | grep -cE -- "$2")" = "$1" ]; }

sas_number() { [[ "$(ip -n "$1" xfrm state count)" =~ count\ $2$ ]]; }

# sas_have N PATTERN: as many SAs in either kernel fit the pattern, and no more.
sas_have() {
  check "in our kernel $1 SAs have: $2" [ "$(sas "$NS_OURS" | grep -cE -- "$2")" = "$1" ]
  check "in charon's kernel $1 SAs have: $2" [ "$(sas "$NS_PEER" | grep -cE -- "$2")" = "$1" ]
}

# sa_sequence NAMESPACE DESTINATION: the last sequence numbers of the SAs to there, one a line; upper halves apart.
sa_sequence() { ip -n "$1" -s xfrm state list dst "$2" nokeys | sed -nE 's/.*oseq 0x([0-9a-f]+).*/\1/p' | while read -r hex; do echo $((16#$hex)); done | sort -n; }

# sas_at NAMESPACE ADDRESS: all SAs and policies of tunnels there have this end, and no other.
sas_at() {
  [ "$(sas "$1" | grep -c "src $2 \|dst $2 ")" = "$(sas "$1" | wc -l)" ] && ! policies "$1" | grep tmpl | grep -v "$2" > /dev/null
}

# sas_carry: every SA of both kernels has carried packets; no kernel has met an error.
sas_carry() {
  check "every SA of our kernel has carried packets" carries "$NS_OURS"
  check "every SA of charon's kernel has carried packets" carries "$NS_PEER"
  no_errors
}

carries() { not grep -qE 'lifetime current: 0\(bytes\)|, 0\(packets\)' <<< "$(sas "$1")"; }

# no_errors: neither kernel has met one, in an SA or elsewhere in XFRM: no packet without its SA, none that was seen before.
no_errors() {
  local ns whose
  for ns in "$NS_OURS" "$NS_PEER"; do
    whose="our kernel"; [ "$ns" = "$NS_PEER" ] && whose="charon's kernel"
    check "no SA of $whose counts an error" not grep -vqE 'stats: replay-window 0 replay 0 failed 0' <<< "$(sas "$ns")"
    check "$whose counts no error" [ -z "$(xfrm_errors "$ns")" ]
  done
}

# xfrm_errors NAMESPACE: the counters that are not zero.
xfrm_errors() { ip netns exec "$1" cat /proc/net/xfrm_stat | grep -vE '\s0$'; }

lab_evidence() {
  local ns
  for ns in "$NS_OURS" "$NS_PEER"; do
    echo "--- SAs, policies and errors in $ns"; sas "$ns"; policies "$ns"; xfrm_errors "$ns"
  done
  echo "--- clear text"; clear_text ours | tail -n 5; clear_text peer | tail -n 5
  echo "--- the last of ping and iperf3"; tail -n 4 "$WORK/ping.out" "$WORK"/flood-*.out; tail -n 12 "$WORK/iperf.out"
} 2>/dev/null

# What holds at the end of every scenario: nothing has left in clear, and both kernels are empty.
lab_finish() {
  clear_text_check
  kernel_clean our "$NS_OURS"
  kernel_clean "charon's" "$NS_PEER"
}

# esp_came_in: our inbound SA has carried something.
esp_came_in() { sas "$NS_OURS" | grep "src 192.0.2.2 " | grep -vE ' 0\(packets\)' > /dev/null; }
