. "$ROOT/tests/interop/lib/userspace.sh"
net_userspace
ip -n "$NS_OURS" addr add 2001:db8:1::1/128 dev lo
start_peer accepting
start_ours userspace
check "carol comes up" swan --initiate --child home
peer_says 'parsed IKE_AUTH response 1 \[ IDr AUTH CPRP\(ADDR ADDR6 DNS DNS6 SUBNET\)'
peer_says "installing new virtual IP 10.3.0.1"
peer_says "installing new virtual IP 2001:db8:3::1"
peer_says "CHILD_SA home\\{[0-9]+\\} established .* TS 10.3.0.1/32 2001:db8:3::1/128 === 10.1.0.0/24 2001:db8:1::/64"
check "carol reaches us from its address" ip netns exec "$NS_PEER" ping -q -c 3 -i 0.05 -W 2 -I 10.3.0.1 10.1.0.1
check "and from its IPv6 address" ip netns exec "$NS_PEER" ping -q -c 3 -i 0.05 -W 2 -I 2001:db8:3::1 2001:db8:1::1
check "we reach carol there" ip netns exec "$NS_OURS" ping -q -c 3 -i 0.05 -W 2 -I 10.1.0.1 10.3.0.1
check "our control socket names its addresses" grep -qF '[10.3.0.1 2001:db8:3::1]' <<< "$(ours_swan --list-sas)"
check "the IKE_SA is rekeyed" swan --rekey --ike carol
check "the child is rekeyed" swan --rekey --child home
ours_count "CHILD_SA home\\{[0-9]+\\} state change: [A-Z]+ => INSTALLED" 2 5
check "the addresses are the same" ip netns exec "$NS_PEER" ping -q -c 3 -i 0.05 -W 2 -I 10.3.0.1 10.1.0.1

check "dave gets no child: the pool is full" not swan --initiate --child daves
peer_says "received INTERNAL_ADDRESS_FAILURE notify"
ours_says "no virtual IP for peer 'dave.example.org': no address is free in 'road4', 'road6'"
check "its child that needs no address comes up" swan --initiate --child fixed
check "packets pass there" ip netns exec "$NS_PEER" ping -q -c 3 -i 0.05 -W 2 -I 10.2.1.1 10.1.1.1
check "carol goes" swan --terminate --ike carol
check "so does dave" swan --terminate --ike dave
check "dave comes back, and there is an address" swan --initiate --child daves
peer_says "CHILD_SA daves\\{[0-9]+\\} established .* TS 10.3.0.1/32 === 10.1.0.0/24"
check "dave reaches us from it" ip netns exec "$NS_PEER" ping -q -c 3 -i 0.05 -W 2 -I 10.3.0.1 10.1.0.1
check "carol is back" swan --initiate --child home
peer_says "CHILD_SA home\\{[0-9]+\\} established .* TS 2001:db8:3::1/128 === 10.1.0.0/24 2001:db8:1::/64"
ours_never_errs
stop_ours
userspace_finish
