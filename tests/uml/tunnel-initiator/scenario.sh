net_esp
start_peer kernel
start_iperf 5201
start_ours netlink
ours_says "CHILD_SA chacha\{5\} state change: INSTALLING => INSTALLED"
sas_are 10
traffic "aes128gcm16" 10.1.0.1 10.2.0.1
traffic "aes256gcm16" 10.1.1.1 10.2.1.1
traffic "aes256-sha256" 10.1.2.1 10.2.2.1
traffic "aes128-sha512" 10.1.3.1 10.2.3.1
traffic "chacha20poly1305" 10.1.4.1 10.2.4.1
sas_have 10 "mode tunnel"
sas_carry
stop_ours
peer_says "received DELETE for IKE_SA"
