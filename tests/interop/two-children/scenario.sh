net_direct
start_peer accepting
capture
start_ours memory
ours_says "CHILD_SA second\{2\} state change: INSTALLING => INSTALLED"
check "charon has the first" peer_has_child net
check "charon has the second" peer_has_child second
check "under one IKE_SA" [ "$(swan_sas | grep -c ESTABLISHED)" = 1 ]
peer_says "parsed CREATE_CHILD_SA request 2 \[ SA No KE TSi TSr \]"
wire_is 6
stop_ours
