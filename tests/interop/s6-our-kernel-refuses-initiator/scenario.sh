net_direct
start_peer accepting
capture
start_ours netlink
peer_says "parsed CREATE_CHILD_SA request [0-9]+ \[ SA No TSi TSr \]"
peer_says "CHILD_SA second\{[0-9]+\} established"
wait_until "two Deletes have come" 8 eval '[ "$(grep -c "received DELETE for ESP CHILD_SA" "$WORK/charon.log")" = 2 ]'
wait_until "charon has no child any more" 5 eval '[ "$(peer_child_count)" = 0 ]'
check "charon keeps the IKE_SA" peer_has_ike
kernel_clean
stop_ours
kernel_clean
