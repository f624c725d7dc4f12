. "$ROOT/tests/interop/lib/userspace.sh"
net_userspace
ip -n "$NS_PEER" addr add 2001:db8:2::1/128 dev lo
start_peer accepting
start_ours userspace
ours_says "CHILD_SA home\\{[0-9]+\\} state change: INSTALLING => INSTALLED" 15
peer_says "assigning virtual IP 10.3.0.1 to peer 'carol.example.org'"
ours_says "the peer names DNS servers 10.2.0.53"
peer_says "CHILD_SA home\\{[0-9]+\\} established .* TS 10.2.0.0/24 2001:db8:2::/64 === 10.3.0.1/32 2001:db8:3::[0-9a-f]+/128"
check "the address is on our link" grep -q "inet 10.3.0.1/32" <<< "$(ip -n "$NS_OURS" addr show dev eth0)"
inside6=$(ip -n "$NS_OURS" -6 -o addr show dev eth0 | grep -oE '2001:db8:3::[0-9a-f]+/128' | cut -d/ -f1)
check "and that of IPv6, for the tunnel alone" grep -q "inet6 $inside6/128 .*deprecated" <<< "$(ip -n "$NS_OURS" -o addr show dev eth0)"
check "we reach what is behind the gateway from it" ip netns exec "$NS_OURS" ping -q -c 3 -i 0.05 -W 2 -I 10.3.0.1 10.2.0.1
check "without a source the route names it" ip netns exec "$NS_OURS" ping -q -c 3 -i 0.05 -W 2 10.2.0.1
check "by IPv6 as well" ip netns exec "$NS_OURS" ping -q -c 3 -i 0.05 -W 2 2001:db8:2::1
check "we are reached there" ip netns exec "$NS_PEER" ping -q -c 3 -i 0.05 -W 2 -I 10.2.0.1 10.3.0.1
check "our control socket names it" grep -q "10.3.0.1" <<< "$(ours_swan --list-sas)"
check "the IKE_SA is rekeyed" ours_swan --rekey --ike carol
check "the child is rekeyed" ours_swan --rekey --child home
ours_count "CHILD_SA home\\{[0-9]+\\} state change: INSTALLING => INSTALLED" 2 5
check "the address is the same" ip netns exec "$NS_OURS" ping -q -c 3 -i 0.05 -W 2 10.2.0.1
ours_never_says "ADD_4_ADDR|UPD_SA_ADDR"

check "dave gets no child: the pool is full" not ours_swan --initiate --child daves --timeout 5
ours_says "received INTERNAL_ADDRESS_FAILURE notify, no CHILD_SA built"
check "carol has its address still" ip netns exec "$NS_OURS" ping -q -c 3 -i 0.05 -W 2 10.2.0.1
check "carol goes" ours_swan --terminate --ike carol
wait_until "its addresses have left the host" 5 not grep -qE "10.3.0.1|2001:db8:3:" <<< "$(ip -n "$NS_OURS" addr show dev eth0)"
ours_says "CHILD_SA daves\\{[0-9]+\\} state change: INSTALLING => INSTALLED" 20
check "dave has it now" ip netns exec "$NS_OURS" ping -q -c 3 -i 0.05 -W 2 10.2.0.1
stop_ours
check "no address is left" not grep -qE "10.3.0.1|2001:db8:3:" <<< "$(ip -n "$NS_OURS" addr show dev eth0)"
userspace_finish
