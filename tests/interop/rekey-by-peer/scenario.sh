net_direct
start_peer accepting "delete_rekeyed_delay = 0"
start_ours memory
check "charon can bring up the child" swan --initiate --child net
check "charon can rekey the child" swan --rekey --child net
ours_says "parsed CREATE_CHILD_SA request [0-9]+ \[ N\(REKEY_SA\) SA No"
ours_says "CHILD_SA net\{2\} state change: INSTALLING => INSTALLED"
ours_says "CHILD_SA net\{1\} state change: DELETING => DESTROYING"
check "charon has the new child" peer_has_child net
swan --rekey --ike ours || true
ours_says "generating CREATE_CHILD_SA response [0-9]+ \[ N\(NO_ADD_SAS\) \]"
peer_says "starting reauthentication"
check "charon keeps an IKE_SA" peer_has_ike
stop_ours
