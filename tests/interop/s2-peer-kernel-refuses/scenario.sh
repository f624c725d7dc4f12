net_direct
start_peer refusing
capture
start_ours memory
swan --initiate --child net || true
ours_says "parsed INFORMATIONAL request 2 \[ D \]"
ours_says "received DELETE for ESP CHILD_SA with SPI"
ours_says "generating INFORMATIONAL response 2 \[ D \]"
ours_says "CHILD_SA net\{1\} state change: DELETING => DESTROYING"
peer_says "CHILD_SA net\{1\} state change: INSTALLING => DESTROYING"
check "charon keeps the IKE_SA" peer_has_ike
ours_never_says "IKE_SA peer.* => DESTROYING"
stop_ours
