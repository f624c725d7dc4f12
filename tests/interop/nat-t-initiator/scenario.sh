net_nat ours
start_peer accepting
capture
start_ours memory
ours_says "local host is behind NAT"
ours_says "CHILD_SA net\{1\} state change: INSTALLING => INSTALLED"
check "charon sees us at the router's address" grep -q "@ 192.0.2.254" <<< "$(swan_sas)"
check "charon encapsulates" grep -q "TUNNEL-in-UDP" <<< "$(swan_sas)"
check "IKE_AUTH has the marker, on port 4500" [ "$(wire 'udp.dstport == 4500 && isakmp.exchangetype == 35 && isakmp.flag_r == 0' udp.payload | cut -c1-8)" = 00000000 ]
stop_ours
peer_says "received DELETE for IKE_SA"
