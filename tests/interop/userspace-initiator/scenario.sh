. "$ROOT/tests/interop/lib/userspace.sh"
net_userspace
start_peer accepting
start_iperf 5201
start_ours userspace
ours_says "kernel userspace, ESP in UDP over esp[0-9]+"
for child in gcm128 gcm192 gcm256 chacha sha256 sha384 sha512; do ours_says "CHILD_SA $child\\{[0-9]+\\} state change: INSTALLING => INSTALLED" 15; done
check "IKE has moved to port 4500, though there is no NAT" [ "$(wire 'udp.port == 4500 && isakmp.exchangetype == 35' isakmp.messageid | wc -l)" -ge 2 ]
for i in 0 1 2 3 4 5 6; do traffic "algorithm $i" "10.1.$i.1" "10.2.$i.1"; done
check "without a source the route chooses one that the policy takes" ip netns exec "$NS_OURS" ping -q -c 2 -i 0.05 -W 2 10.2.4.1
check "what is larger than the device's MTU passes in fragments" ip netns exec "$NS_OURS" ping -q -c 2 -i 0.05 -W 2 -s 4000 -I 10.1.6.1 10.2.6.1
check "the peer can begin as well" ip netns exec "$NS_PEER" ping -q -c 2 -i 0.05 -W 2 -I 10.2.0.1 10.1.0.1
check "ESP in UDP is on the wire both ways" [ "$(wire 'udpencap && esp' ip.src | sort -u | wc -l)" = 2 ]
check "the outer packets fit the cable" [ "$(wire_count 'esp && (ip.flags.mf == 1 || ip.frag_offset > 0)')" = 0 ]
ours_never_errs
stop_ours
userspace_finish
