net_direct
start_peer refusing
capture
start_ours memory
ours_says "sending packet: from 192.0.2.1\[4500\] to 192.0.2.2\[4500\]"
peer_says "remote host is behind NAT"
check "IKE_AUTH travels on port 4500" [ "$(wire 'udp.dstport == 4500 && isakmp.exchangetype == 35 && isakmp.flag_r == 0' isakmp.messageid | wc -l)" = 1 ]
stop_ours
