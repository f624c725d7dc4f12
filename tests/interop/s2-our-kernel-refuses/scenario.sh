net_direct
start_peer accepting
capture
start_ours netlink
ours_says "CHILD_SA net\{1\} state change: INSTALLING => DESTROYING"
ours_says "EPROTONOSUPPORT.*93.*Requested type not found.*modprobe esp4"
peer_says "parsed INFORMATIONAL request 2 \[ D \]"
peer_says "received DELETE for ESP CHILD_SA with SPI"
peer_says "generating INFORMATIONAL response 2 \[ D \]"
ours_says "parsed INFORMATIONAL response 2 \[ D \]"
check "charon keeps the IKE_SA" peer_has_ike
check "charon has no child" [ "$(peer_child_count)" = 0 ]
wire_is 6
check "the Delete has 80 octets, as strongSwan's own" [ "$(wire 'isakmp.exchangetype == 37 && isakmp.flag_r == 0' udp.length)" = 92 ]
kernel_clean
ours_never_says "IKE_SA peer.* => DESTROYING"
stop_ours
kernel_clean
