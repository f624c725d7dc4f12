net_direct
start_peer refusing
capture
start_ours memory
ours_says "parsed IKE_AUTH response 1 \[ IDr AUTH (N\([A-Z_]*\) )*N\(NO_PROP\) \]"
ours_says "authentication of 'peer.example.org' with pre-shared key successful"
ours_says "received NO_PROPOSAL_CHOSEN notify, no CHILD_SA built"
ours_says "CHILD_SA net\{1\} state change: CREATED => DESTROYING"
ours_says "deleted SAD entry with SPI"
ours_says "CHILD_SA net is tried again in [01]\.[0-9] s"
ours_says "generating CREATE_CHILD_SA request 2"
check "charon keeps the IKE_SA" peer_has_ike
ours_never_says "IKE_SA peer.* => DESTROYING"
stop_ours
