net_direct
start_peer accepting
capture
start_ours memory
check "charon can bring up the child" swan --initiate --child net
peer_says "peer didn't accept DH group|parsed IKE_SA_INIT response 0 \[ N\(INVAL_KE\) \]"
check "charon has the CHILD_SA" peer_has_child net
check "with our group" grep -q "CURVE_25519" <<< "$(swan_sas)"
stop_ours
