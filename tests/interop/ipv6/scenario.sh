net_direct
ip -n "$NS_OURS" addr add fd01::1/64 dev lo
ip -n "$NS_PEER" addr add fd02::1/64 dev lo
start_peer accepting
capture
start_ours memory
ours_says "from 2001:db8::1\[500\] to 2001:db8::2\[500\]"
ours_says "CHILD_SA net\{1\} state change: INSTALLING => INSTALLED"
check "charon has the CHILD_SA" peer_has_child net
check "with IPv6 selectors" grep -q "fd02::/64" <<< "$(swan_sas)"
stop_ours
peer_says "received DELETE for IKE_SA"
