net_direct
start_peer accepting
capture
start_ours memory
ours_says "IKE_SA peer\[1\] state change: CONNECTING => ESTABLISHED"
ours_says "CHILD_SA net\{1\} state change: INSTALLING => INSTALLED"
check "charon has the IKE_SA" peer_has_ike
check "charon has the CHILD_SA" peer_has_child net
check "charon knows us by our identity" grep -q "remote 'ours.example.org'" <<< "$(swan_sas)"
wire_is 4
stop_ours
peer_says "received DELETE for IKE_SA"
check "charon has no IKE_SA any more" not peer_has_ike
