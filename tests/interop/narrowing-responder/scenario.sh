net_direct
start_peer accepting
start_ours memory
check "charon can bring up the child" swan --initiate --child net
check "narrowed to our part" grep -q "remote 10.1.0.0/25" <<< "$(swan_sas)"
swan --initiate --child second || true
peer_says "received TS_UNACCEPTABLE notify"
check "charon keeps the IKE_SA" peer_has_ike
stop_ours
