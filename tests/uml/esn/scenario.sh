net_esp
start_peer kernel
start_iperf 5201
start_ours netlink
sas_are 8
check "charon can bring up one more" swan --initiate --child called
sas_are 10
pings "aes128gcm16" 10.1.0.1 10.2.0.1
traffic "aes256-sha256" 10.1.1.1 10.2.1.1
traffic "chacha20poly1305" 10.1.2.1 10.2.2.1
pings "aes128gcm16 without ESN" 10.1.3.1 10.2.3.1
traffic "aes256gcm16, called by charon" 10.1.4.1 10.2.4.1
sas_have 8 "flag af-unspec esn"
check "our inbound SA has the window of its child" [ "$(sas "$NS_OURS" | grep -c "replay_window 64,")" = 1 ]
sas_carry
stop_ours
