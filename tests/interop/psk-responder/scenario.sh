net_direct
start_peer accepting
capture
start_ours memory
check "charon can bring up the child" swan --initiate --child net
ours_says "IKE_SA peer\[1\] state change: CONNECTING => ESTABLISHED"
ours_says "CHILD_SA net\{1\} state change: INSTALLING => INSTALLED"
check "charon has the CHILD_SA" peer_has_child net
wire_is 4
check "charon can end the IKE_SA" swan --terminate --ike ours
ours_says "received DELETE for IKE_SA"
ours_says "state change: ESTABLISHED => DESTROYING"
stop_ours
