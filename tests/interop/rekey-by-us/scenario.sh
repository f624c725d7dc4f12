net_direct
start_peer accepting
start_ours memory
check "charon can bring up the child" swan --initiate --child net
# The child every four seconds, the IKE_SA after fifteen, by us alone.
ours_says "CHILD_SA net rekeyed by us" 8
ours_says "IKE_SA peer\[1\] rekeyed" 20
ours_count "CHILD_SA net rekeyed by us" 6 35
peer_says "CHILD_SA net\{7\} established"
check "charon authenticated once" [ "$(wire_count 'isakmp.exchangetype == 35')" = 2 ]
wait_until "charon has one IKE_SA" 8 peer_has_one_ike
check "charon has one child that is not rekeyed" peer_has_one_child net
check "no child was built but by rekeying" [ "$(grep -c 'N(REKEY_SA)' "$WORK/ours.log")" -ge 6 ]
ours_never_says "TEMP_FAIL|NO_CHILD_SA|INVAL_SYN"
stop_ours
