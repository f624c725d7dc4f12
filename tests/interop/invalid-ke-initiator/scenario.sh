net_direct
start_peer accepting
capture
start_ours memory
ours_says "parsed IKE_SA_INIT response 0 \[ N\(INVAL_KE\) \]"
ours_says "CHILD_SA net\{1\} state change: INSTALLING => INSTALLED"
check "charon has the CHILD_SA" peer_has_child net
check "with its group" grep -q "CURVE_25519" <<< "$(swan_sas)"
wire_is 6
stop_ours
