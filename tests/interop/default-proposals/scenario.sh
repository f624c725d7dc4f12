net_direct
start_peer accepting
start_ours memory
ours_says "CHILD_SA net\{1\} state change: INSTALLING => INSTALLED"
check "charon has the CHILD_SA" peer_has_child net
check "charon can end it" swan --terminate --ike ours
ours_says "received DELETE for IKE_SA"
check "charon can call us" swan --initiate --child net
check "charon has the CHILD_SA again" peer_has_child net
stop_ours
