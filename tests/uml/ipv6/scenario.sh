net_esp
start_peer kernel
start_iperf 5201
start_ours netlink
sas_are 4
check "charon can bring up a child with selectors of both families" swan --initiate --child both
check "charon can bring up a child in transport mode" swan --initiate --child hosts
sas_are 8
traffic "IPv6 in IPv6" fd01::1 fd02::1
traffic "IPv4 in IPv6" 10.1.0.1 10.2.0.1
pings "IPv6, of both families" fd01:1::1 fd02:1::1
pings "IPv4, of both families" 10.1.1.1 10.2.1.1
traffic "IPv6 in transport mode" 2001:db8::1 2001:db8::2
sas_have 8 "^src 2001:db8::"
sas_carry
stop_ours
