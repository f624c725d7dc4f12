net_direct
start_peer accepting
capture
start_ours netlink
swan --initiate --child net || true
peer_says "parsed IKE_AUTH response 1 \[ N\(AUTH_FAILED\) \]"
peer_says "received AUTHENTICATION_FAILED notify error"
ours_says "generating IKE_AUTH response 1 \[ N\(AUTH_FAILED\) \]"
ours_says "MAC mismatched"
ours_says "state change: CONNECTING => DESTROYING"
check "the refusal has 80 octets" [ "$(wire 'isakmp.exchangetype == 35 && isakmp.flag_r == 1' udp.length)" = 92 ]
ours_never_says "getting SPI"
kernel_clean
stop_ours
