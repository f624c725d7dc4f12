net_direct
start_peer refusing
start_ours memory
ours_says "parsed IKE_AUTH response 1 \[ IDr AUTH (N\([A-Z_]*\) )*N\(NO_PROP\) \]"
ours_says "parsed CREATE_CHILD_SA response [0-9]+ \[ N\(NO_PROP\) \]"
ours_says "CHILD_SA second\{[0-9]+\} state change: CREATED => DESTROYING"
check "charon keeps the IKE_SA" peer_has_ike
ours_never_says "IKE_SA peer.* => DESTROYING"
stop_ours
