. "$ROOT/tests/interop/lib/userspace.sh"
net_userspace
start_peer accepting
start_iperf 5201
start_ours userspace
for child in v6 v4; do ours_says "CHILD_SA $child\\{[0-9]+\\} state change: INSTALLING => INSTALLED"; done
traffic "IPv6 in IPv6" fd01::1 fd02::1
traffic "IPv4 in IPv6" 10.1.0.1 10.2.0.1
check "what is larger than the device's MTU passes in fragments" ip netns exec "$NS_OURS" ping -q -c 2 -i 0.05 -W 2 -s 4000 -I fd01::1 fd02::1
check "ESP in UDP over IPv6 is on the wire both ways" [ "$(wire 'udpencap && esp' ipv6.src | sort -u | grep -c 2001)" = 2 ]
ours_never_errs
stop_ours
userspace_finish
