# One packet, which may wait for its tunnel as long as this slow lab takes to build it, and its answer.
first_ping() { check "the one packet that asks is answered" timeout 25 ip netns exec "$NS_OURS" ping -q -c 1 -W 20 -I 10.1.0.1 10.2.0.1; }

net_esp
ip netns exec "$NS_OURS" sysctl -qw net.core.xfrm_larval_drop=0
start_peer kernel
start_ours netlink --retransmit-tries 1
ours_says "trap peer/net set"
check "the trap is three policies without an SA" [ "$(policies "$NS_OURS" | grep -c 'tmpl')" = 3 ]
sas_are 0
ours_never_says "generating"

# One ping, and its answer.
first_ping
ours_says "traffic asks for peer/net: 10.1.0.1/32\[icmp/8\(0\)\] === 10.2.0.1/32\[icmp/8\(0\)\]"
sas_are 2
check "the child covers the whole network" grep -qE "TS 10.1.0.0/24 === 10.2.0.0/24" "$WORK/ours.log"
pings "the tunnel" 10.1.0.1 10.2.0.1

# The peer closes the child: the trap takes its place.
swan --terminate --child net
ours_says "received DELETE for ESP CHILD_SA"
sas_are 0
check "the policies are there" [ "$(policies "$NS_OURS" | grep -c 'tmpl')" = 3 ]
first_ping
ours_says "CHILD_SA net\{2\} state change: INSTALLING => INSTALLED"
check "on the IKE_SA that was there" not grep -q "IKE_SA peer\[2\]" "$WORK/ours.log"
sas_are 2
stop_ours
