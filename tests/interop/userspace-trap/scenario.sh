. "$ROOT/tests/interop/lib/userspace.sh"
net_userspace
start_peer accepting
start_ours userspace
ours_says "trap peer/net set"
ours_never_says "generating"
pings "the first packet" 10.1.0.1 10.2.0.1 1
ours_says "traffic asks for peer/net: 10.1.0.1/32\[icmp/8\(0\)\] === 10.2.0.1/32\[icmp/8\(0\)\]"
pings "the tunnel" 10.1.0.1 10.2.0.1
check "charon can close the child" swan --terminate --child net
ours_says "received DELETE for ESP CHILD_SA"
pings "the first packet after the close" 10.1.0.1 10.2.0.1 1
ours_says "CHILD_SA net\{2\} state change: INSTALLING => INSTALLED"
check "on the IKE_SA that was there" not grep -q "IKE_SA peer\[2\]" "$WORK/ours.log"
stop_ours
userspace_finish
