. "$ROOT/tests/interop/lib/userspace.sh"
net_userspace
start_peer accepting
start_iperf 5201
start_ours userspace
for child in gcm128 gcm192 gcm256 chacha sha256 sha384 sha512; do check "charon can bring up $child" swan --initiate --child "$child"; done
for i in 0 1 2 3 4 5 6; do traffic "algorithm $i" "10.1.$i.1" "10.2.$i.1"; done
check "seven routes lead into the device" [ "$(ip -n "$NS_OURS" route show table 4500 | wc -l)" = 7 ]
check "charon can close a child" swan --terminate --child sha384
wait_until "its route has gone" 5 not grep -q 10.2.5.0 <<< "$(ip -n "$NS_OURS" route show table 4500)"
pings "the others go on" 10.1.4.1 10.2.4.1
check "charon can close the IKE_SA" swan --terminate --ike ours
ours_says "IKE_SA peer\\[1\\] state change: [A-Z]+ => DESTROYING" 40
check "no route is left" [ -z "$(ip -n "$NS_OURS" route show table 4500)" ]
ours_never_errs
stop_ours
userspace_finish
