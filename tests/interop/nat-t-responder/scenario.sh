net_nat peer
start_peer accepting
capture
start_ours memory
check "charon can bring up the child" swan --initiate --child net
ours_says "remote host is behind NAT"
ours_says "from 192.0.2.254\["
ours_says "CHILD_SA net\{1\} state change: INSTALLING => INSTALLED"
check "charon encapsulates" grep -q "TUNNEL-in-UDP" <<< "$(swan_sas)"
check "charon can end the IKE_SA" swan --terminate --ike ours
ours_says "received DELETE for IKE_SA"
stop_ours
