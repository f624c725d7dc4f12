. "$ROOT/tests/interop/lib/userspace.sh"
net_userspace
start_second
start_iperf 5201
start_ours userspace
for child in all old hosts; do ours_says "CHILD_SA $child\\{[0-9]+\\} state change: INSTALLING => INSTALLED"; done
traffic "ESN, AEAD" 10.1.0.1 10.2.0.1
traffic "ESN, AEAD, IPv6" fd01::1 fd02::1
traffic "ESN, CBC" 10.1.1.1 10.2.1.1
traffic "the gateways themselves" 192.0.2.1 192.0.2.2
kill -KILL "$OURS_PID"; wait "$OURS_PID" 2>/dev/null
wait_until "the device has gone with its process" 5 not grep -q " esp[0-9]" <<< "$(ip -n "$NS_OURS" link)"
check "the routes have gone with it" [ -z "$(ip -n "$NS_OURS" route show table 4500)" ]
: > "$WORK/ours.log"
start_ours userspace
for child in all old hosts; do ours_says "CHILD_SA $child\\{[0-9]+\\} state change: INSTALLING => INSTALLED"; done
pings "after a new start" 10.1.0.1 10.2.0.1
pings "after a new start" 192.0.2.1 192.0.2.2
stop_ours
second_says "IKE_SA ours\\[2\\] state change: [A-Z]+ => DESTROYING" 40
userspace_finish
check "and no route is left at the other end" [ -z "$(ip -n "$NS_PEER" route show table 4500)" ]
