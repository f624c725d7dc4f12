. "$ROOT/tests/interop/lib/userspace.sh"
net_userspace
start_peer accepting
start_ours userspace
for child in packets octets; do ours_says "CHILD_SA $child\\{[0-9]+\\} state change: INSTALLING => INSTALLED"; done
pings "within both limits" 10.1.0.1 10.2.0.1 50
pings "within both limits" 10.1.1.1 10.2.1.1 50
ours_never_says "rekeyed"
pings "over the packets" 10.1.0.1 10.2.0.1 100
ours_says "CHILD_SA packets rekeyed by us"
ours_never_says "CHILD_SA octets rekeyed"
pings "over the octets" 10.1.1.1 10.2.1.1 60
ours_says "CHILD_SA octets rekeyed by us"
pings "afterwards" 10.1.0.1 10.2.0.1
pings "afterwards" 10.1.1.1 10.2.1.1
stop_ours
userspace_finish
