net_direct
start_peer accepting
start_ours memory
check "charon can bring up the child" swan --initiate --child net
ours_says "CHILD_SA net\{1\} state change: INSTALLING => INSTALLED"
ip netns pids "$NS_PEER" | xargs -r kill -KILL
wait "$PEER_PID" 2>/dev/null || true
ip -n "$NS_PEER" link del ipsec0 2>/dev/null || true
start_peer accepting
check "charon can bring up the child again" swan --initiate --child net
ours_says "CHILD_SA net\{2\} state change: INSTALLING => INSTALLED"
ours_says "IKE_SA peer\[1\] (state change: ESTABLISHED => DESTROYING|ended: Replaced)"
ours_says "CHILD_SA net\{1\} state change: DELETING => DESTROYING"
stop_ours
