net_esp
start_peer kernel
start_ours netlink
ours_says "CHILD_SA all\{[0-9]+\} established .* TS 10.3.0.1/32, fd03::1/128 === 0.0.0.0/0, fd02::/16"
sas_are 2
without_source() { check "$1: what names no source leaves from inside" ip netns exec "$NS_OURS" ping -q -c 5 -i 0.1 -W 3 "$2"; }
without_source "IPv4" 10.2.0.1
without_source "IPv6" fd02::1
pings "from the address itself" 10.3.0.1 10.2.0.1
check "charon rekeys the IKE_SA" swan --rekey --ike ours
check "and the child" swan --rekey --child all
ours_count "CHILD_SA all\{[0-9]+\} state change: [A-Z]+ => INSTALLED" 2 10
without_source "after rekeying" 10.2.0.1
without_source "after rekeying, IPv6" fd02::1
check "charon can close the IKE_SA" swan --terminate --ike ours
wait_until "the addresses have gone" 5 not grep -qE "10.3.0.1|fd03:" <<< "$(ip -n "$NS_OURS" addr)"
check "and the routes" [ -z "$(ip -n "$NS_OURS" route show table 4501; ip -n "$NS_OURS" -6 route show table 4501)" ]
stop_ours
check "and the rules" not grep -q "lookup 4501" <<< "$(ip -n "$NS_OURS" rule; ip -n "$NS_OURS" -6 rule)"
