net_esp
start_peer kernel
start_iperf 5201
start_ours netlink
sas_are 4
traffic "IPv6 in IPv4" fd01::1 fd02::1
pings "IPv6, of both families" fd01:1::1 fd02:1::1
pings "IPv4, of both families" 10.1.1.1 10.2.1.1
sas_have 4 "^src 192.0.2."
sas_carry
stop_ours
