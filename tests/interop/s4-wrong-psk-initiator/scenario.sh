net_direct
start_peer accepting
capture
start_ours netlink
ours_says "parsed IKE_AUTH response 1 \[ N\(AUTH_FAILED\) \]"
ours_says "received AUTHENTICATION_FAILED notify error"
ours_says "CHILD_SA net\{1\} state change: CREATED => DESTROYING"
ours_says "deleted SAD entry with SPI"
ours_says "IKE_SA peer\[1\] state change: CONNECTING => DESTROYING"
order=$(grep -oE "received AUTHENTICATION_FAILED|CREATED => DESTROYING|deleting SAD|deleted SAD|CONNECTING => DESTROYING" "$WORK/ours.log" | tr '\n' ',')
check "in the order that operators know" [ "$order" = "received AUTHENTICATION_FAILED,CREATED => DESTROYING,deleting SAD,deleted SAD,CONNECTING => DESTROYING," ]
check "the refusal has 80 octets" [ "$(wire 'isakmp.exchangetype == 35 && isakmp.flag_r == 1' udp.length)" = 92 ]
check "charon has no IKE_SA" not peer_has_ike
kernel_clean
stop_ours
