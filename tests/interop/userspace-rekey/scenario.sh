. "$ROOT/tests/interop/lib/userspace.sh"
net_userspace
start_peer accepting
start_ours userspace
ours_says "CHILD_SA net\\{1\\} state change: INSTALLING => INSTALLED"
pings "before" 10.1.0.1 10.2.0.1
ping_flood_start 10.1.0.1 10.2.0.1 0.005
ours_count "CHILD_SA net rekeyed by us" 5 20
ours_says "IKE_SA peer\\[1\\] rekeyed" 10
check "charon can rekey the child" swan --rekey --child net
check "charon can rekey the IKE_SA" swan --rekey --ike ours
ours_count "CHILD_SA net rekeyed by us" 7 10
ping_flood_stop
check "a thousand pings or more were sent" [ "$SENT" -ge 1000 ]
check "no ping was lost of $SENT: $LOST were" [ "$LOST" = 0 ]
wait_until "charon has one child that is not rekeyed" 8 peer_has_one_child net
stop_ours
userspace_finish
