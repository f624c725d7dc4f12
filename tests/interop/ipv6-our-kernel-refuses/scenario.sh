net_direct
ip -n "$NS_OURS" addr add fd01::1/64 dev lo
ip -n "$NS_PEER" addr add fd02::1/64 dev lo
start_peer accepting
start_ours netlink
ours_says "inbound SA refused"
peer_says "parsed INFORMATIONAL request 2 \[ D \]"
check "charon keeps the IKE_SA" peer_has_ike
kernel_clean
stop_ours
kernel_clean
