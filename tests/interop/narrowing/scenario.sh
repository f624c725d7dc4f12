net_direct
start_peer accepting
start_ours memory
ours_says "CHILD_SA net\{1\} state change: INSTALLING => INSTALLED"
check "narrowed to the peer's part" grep -q "local  10.2.0.0/24" <<< "$(swan_sas)"
ours_says "established with SPIs [0-9a-f]{8}_i [0-9a-f]{8}_o and TS 10\.1\.0\.0/25 === 10\.2\.0\.0/24"
check "narrowed to our part" grep -q "remote 10.1.0.0/25" <<< "$(swan_sas)"
stop_ours
