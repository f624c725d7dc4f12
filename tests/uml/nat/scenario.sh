net_esp_nat
start_peer kernel
start_iperf 5201
start_ours netlink
sas_are 2
peer_says "remote host is behind NAT"
check "charon can bring up one more" swan --initiate --child called
sas_are 4
sas_have 4 "encap type espinudp sport 4500 dport 4500"
traffic "aes128gcm16" 10.1.0.1 10.2.0.1
traffic "aes256-sha256, called by charon" 10.1.1.1 10.2.1.1
sas_carry
stop_ours
