net_esp
start_peer kernel
start_iperf 5201
start_ours netlink
sas_are 2
check "charon can bring up a child with ESN" swan --initiate --child cbc
check "charon can bring up another" swan --initiate --child chacha
check "charon can bring up a child in transport mode" swan --initiate --child hosts
sas_are 8
sas_have 8 "encap type espinudp sport 4500 dport 4500"
traffic "aes128gcm16" 10.1.0.1 10.2.0.1
traffic "aes256-sha256 with ESN" 10.1.1.1 10.2.1.1
traffic "chacha20poly1305" 10.1.2.1 10.2.2.1
traffic "aes256gcm16 in transport mode" 192.0.2.1 192.0.2.2
sas_have 6 "mode tunnel"
sas_have 2 "mode transport"
sas_carry
stop_ours
