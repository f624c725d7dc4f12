net_esp
start_peer kernel
start_iperf 5201 5202
start_ours netlink
sas_are 4
check "charon can bring up one more" swan --initiate --child called
sas_are 6
pings "aes128gcm16" 192.0.2.1 192.0.2.2
streams "aes256-sha256" 192.0.2.1 192.0.2.2 5201
streams "chacha20poly1305, called by charon" 192.0.2.1 192.0.2.2 5202
sas_have 6 "mode transport"
sas_carry
stop_ours
