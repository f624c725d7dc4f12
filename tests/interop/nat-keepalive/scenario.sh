. "$ROOT/tests/interop/lib/userspace.sh"
net_nat ours
watch_clear_text ours "$NS_OURS"
watch_clear_text peer "$NS_PEER"
ip -n "$NS_OURS" route add 10.2.0.0/16 via 10.9.0.254
ip -n "$NS_PEER" route add 10.1.0.0/16 via 192.0.2.254
start_peer accepting
start_ours userspace --keep-alive 2
ours_says "local host is behind NAT"
ours_says "CHILD_SA net\{1\} state change: INSTALLING => INSTALLED"

readonly KEEPALIVE='ip.src == 10.9.0.1 && udp.srcport == 4500 && udp.dstport == 4500 && udp.length == 9'
keepalives() { wire_count "$KEEPALIVE"; }
# Both as seconds since the capture began.
before=$(wire 'udp' frame.time_relative | tail -n 1)
check "pings pass for 6 s" ip netns exec "$NS_OURS" ping -q -c 12 -i 0.5 -W 2 -I 10.1.0.1 10.2.0.1
check "ESP of ours is on the wire" [ "$(wire_count "udpencap && esp && ip.src == 10.9.0.1 && frame.time_relative > $before")" -ge 12 ]
check "and no keepalive meanwhile" [ "$(keepalives)" = 0 ]

wait_until "three keepalives of one octet, 0xff, have left when nothing else did" 10 eval '[ "$(keepalives)" -ge 3 ]'
check "all are of that octet" [ "$(wire "$KEEPALIVE" udp.payload | sort -u)" = ff ]
check "each when its time has come" [ -z "$(wire "$KEEPALIVE" frame.time_relative | awk 'NR > 1 && ($1 - last < 1.5 || $1 - last > 3) { print } { last = $1 }')" ]
check "the tunnel lives" ip netns exec "$NS_OURS" ping -q -c 2 -i 0.05 -W 2 -I 10.1.0.1 10.2.0.1
ours_never_errs
stop_ours
peer_says "received DELETE for IKE_SA"
userspace_finish
