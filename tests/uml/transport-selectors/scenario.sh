net_esp
start_peer kernel
start_iperf 5201
start_ours netlink
sas_are 2
pings "the first selector" 192.0.2.1 192.0.2.2
streams "the second selector" 192.0.2.1 192.0.2.2 5201
sas_have 2 "mode transport"
sas_carry
stop_ours
