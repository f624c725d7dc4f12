. "$ROOT/tests/interop/lib/userspace.sh"
net_userspace
start_second
start_ours userspace
for child in net esn; do ours_says "CHILD_SA $child\\{[0-9]+\\} state change: INSTALLING => INSTALLED"; done
pings "before" 10.1.0.1 10.2.0.1
ping_flood_start 10.1.0.1 10.2.0.1 0.02
ping_flood_start 10.2.1.1 10.1.1.1 0.02 "$NS_PEER"
sleep 1
# The new address is there before the old one goes: routes via the peer stay.
ip -n "$NS_OURS" addr add 192.0.2.11/24 dev eth0
ip netns exec "$NS_OURS" sysctl -qw net.ipv4.conf.all.promote_secondaries=1
ip -n "$NS_OURS" addr del 192.0.2.1/24 dev eth0
ours_says "our address or route is gone: 192.0.2.1\\[4500\\].*192.0.2.11\\[4500\\]"
sleep 1
ip -n "$NS_OURS" addr add 192.0.2.1/24 dev eth0
ip -n "$NS_OURS" addr del 192.0.2.11/24 dev eth0
ours_says "our address or route is gone: 192.0.2.11\\[4500\\].*192.0.2.1\\[4500\\]"
sleep 1
ping_flood_stop
echo "   userspace-mobike: $LOST of $SENT pings lost over two moves"
check "a hundred pings or more were sent ($SENT)" [ "$SENT" -ge 100 ]
check "at most half a second of both is lost ($LOST of $SENT)" [ "$LOST" -le 50 ]
check "ESP left from the new address" [ "$(wire_count "esp && ip.src == 192.0.2.11")" -ge 20 ]
check "and came to it" [ "$(wire_count "esp && ip.dst == 192.0.2.11")" -ge 20 ]
pings "after the moves" 10.1.0.1 10.2.0.1
pings "after the moves" 10.1.1.1 10.2.1.1
check "the IKE_SA is the first" not grep -q "IKE_SA peer\\[2\\]" "$WORK/ours.log"
check "no child was built anew" [ "$(grep -c "=> INSTALLED" "$WORK/ours.log")" = 2 ]
ours_never_errs
stop_ours
userspace_finish
