net_esp
start_peer kernel
start_iperf 5201
start_ours netlink
for child in gcm128 gcm256 cbc256 cbc128 chacha; do
  check "charon can bring up $child" swan --initiate --child "$child"
done
sas_are 10
pings "aes128gcm16" 10.1.0.1 10.2.0.1
pings "aes256gcm16" 10.1.1.1 10.2.1.1
pings "aes256-sha256" 10.1.2.1 10.2.2.1
pings "aes128-sha512" 10.1.3.1 10.2.3.1
pings "chacha20poly1305" 10.1.4.1 10.2.4.1
streams "aes128gcm16" 10.1.0.1 10.2.0.1 5201 3
sas_have 10 "mode tunnel"
sas_carry
check "charon can close the IKE_SA" swan --terminate --ike ours
ours_says "IKE_SA peer\[1\] state change: ESTABLISHED => DESTROYING"
sas_are 0
stop_ours
