net_direct
start_peer accepting
capture
start_ours memory
ours_says "CHILD_SA net\{1\} state change: INSTALLING => INSTALLED"
check "rubbish is sent" ip netns exec "$NS_PEER" python3 "$SCENARIO/rubbish.py" 192.0.2.1 "$(wire 'isakmp.exchangetype == 34 && isakmp.flag_r == 0' udp.payload | head -n 1)" "$(wire 'isakmp.exchangetype == 35 && isakmp.flag_r == 0' udp.payload | head -n 1)"
check "charon can still ask for a further child" swan --initiate --child second
ours_says "CHILD_SA second\{2\} state change: INSTALLING => INSTALLED"
check "charon has both children" [ "$(peer_child_count)" = 2 ]
ours_never_says "xception|Unhandled"
ours_never_says "IKE_SA peer.* => DESTROYING"
stop_ours
