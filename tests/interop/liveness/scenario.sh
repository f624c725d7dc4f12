net_direct
start_peer accepting
start_ours memory --retransmit-tries 1
ours_says "CHILD_SA net\{1\} state change: INSTALLING => INSTALLED"
ours_says "parsed INFORMATIONAL (request|response) [0-9]+ \[ \]"
peer_says "parsed INFORMATIONAL request [0-9]+ \[ \]"
kill -STOP "$(ip netns pids "$NS_PEER" | head -n 1)" || true
ip -n "$NS_PEER" link set eth0 down
ours_says "giving up after 1 retransmits" 15
ours_says "IKE_SA peer\[1\] state change: ESTABLISHED => DESTROYING"
ours_says "CHILD_SA net\{1\} state change: DELETING => DESTROYING"
stop_ours
