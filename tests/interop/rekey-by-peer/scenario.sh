net_direct
start_peer accepting "delete_rekeyed_delay = 0"
start_ours memory
check "charon can bring up the child" swan --initiate --child net
check "charon can rekey the child" swan --rekey --child net
ours_says "parsed CREATE_CHILD_SA request [0-9]+ \[ N\(REKEY_SA\) SA No"
ours_says "CHILD_SA net\{2\} state change: INSTALLING => INSTALLED"
ours_says "CHILD_SA net rekeyed by the peer"
ours_says "CHILD_SA net\{1\} state change: INSTALLED => REKEYED"
check "charon has the new child" peer_has_child net
check "charon can rekey the IKE_SA" swan --rekey --ike ours
ours_says "IKE_SA peer\[1\] rekeyed"
peer_says "IKE_SA ours\[2\] (established|rekeyed)"
wait_until "charon has one IKE_SA" 5 peer_has_one_ike
check "the child went along" peer_has_child net
check "charon can rekey the child once more, under the new IKE_SA" swan --rekey --child net
ours_says "CHILD_SA net\{3\} state change: INSTALLING => INSTALLED"
ours_says "CHILD_SA net\{1\} state change: DELETING => DESTROYING" 10
check "charon has authenticated once" [ "$(wire_count 'isakmp.exchangetype == 35')" = 2 ]
peer_never_says "reauthenticat|NO_ADD_SAS"
stop_ours
