net_esp
start_peer kernel
start_iperf 5201
start_ours netlink
sas_are 2
check "charon can bring up one more" swan --initiate --child four
sas_are 4
sas_have 4 "encap type espinudp sport 4500 dport 4500"
traffic "IPv6 in IPv6" fd01::1 fd02::1
traffic "IPv4 in IPv6" 10.1.0.1 10.2.0.1
sas_carry
stop_ours
