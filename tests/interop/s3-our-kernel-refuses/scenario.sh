net_direct
start_peer accepting
capture
start_ours netlink
swan --initiate --child net || true
ours_says "generating IKE_AUTH response 1 \[ IDr AUTH (N\([A-Z_]*\) )*N\(NO_PROP\) \]"
peer_says "parsed IKE_AUTH response 1 \[ IDr AUTH (N\([A-Z_]*\) )*N\(NO_PROP\) \]"
peer_says "authentication of 'ours.example.org' with pre-shared key successful"
ours_says "EPROTONOSUPPORT.*93.*modprobe esp4"
check "charon keeps the IKE_SA" peer_has_ike
check "charon has no child" [ "$(peer_child_count)" = 0 ]
wire_is 4
kernel_clean
ours_never_says "IKE_SA peer.* => DESTROYING"
stop_ours
kernel_clean
