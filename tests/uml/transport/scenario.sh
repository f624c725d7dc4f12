net_esp
start_peer kernel
start_iperf 5201 5202 5203
start_ours netlink
sas_are 4
check "charon can bring up one more" swan --initiate --child called
check "charon can bring up another" swan --initiate --child strong
sas_are 8
pings "aes128gcm16" 192.0.2.1 192.0.2.2
streams "aes256-sha256" 192.0.2.1 192.0.2.2 5201 3
streams "chacha20poly1305, called by charon" 192.0.2.1 192.0.2.2 5202
streams "aes256gcm16, called by charon" 192.0.2.1 192.0.2.2 5203
sas_have 8 "mode transport"
sas_carry
stop_ours
