net_direct
start_peer accepting
capture
start_ours netlink
swan --initiate --child net || true
peer_says "parsed IKE_AUTH response 1 \[ IDr AUTH (N\([A-Z_]*\) )*N\(NO_PROP\) \]"
swan --initiate --child second || true
ours_says "generating CREATE_CHILD_SA response 2 \[ N\(NO_PROP\) \]"
peer_says "parsed CREATE_CHILD_SA response 2 \[ N\(NO_PROP\) \]"
check "charon keeps the IKE_SA" peer_has_ike
kernel_clean
stop_ours
kernel_clean
