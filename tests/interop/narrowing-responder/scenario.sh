net_direct
start_peer accepting
start_ours memory
check "charon can bring up the child" swan --initiate --child net
ours_says "established with SPIs [0-9a-f]{8}_i [0-9a-f]{8}_o and TS 10\.1\.0\.0/25 === 10\.2\.0\.0/24"
check "narrowed to our part" grep -q "remote 10.1.0.0/25" <<< "$(swan_sas)"
swan --initiate --child second || true
peer_says "received TS_UNACCEPTABLE notify"
check "charon keeps the IKE_SA" peer_has_ike
stop_ours
