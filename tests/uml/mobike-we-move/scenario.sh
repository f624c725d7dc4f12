net_esp
for ns in "$NS_OURS" "$NS_PEER"; do ip netns exec "$ns" sysctl -qw net.ipv4.conf.all.promote_secondaries=1; done
start_peer kernel
start_ours netlink
ours_says "CHILD_SA esn.*established"
sas_are 4
ours_says "peer supports MOBIKE"
ping_flood_start 10.1.0.1 10.2.0.1 0.02
ping_flood_start 10.1.1.1 10.2.1.1 0.02
sleep 1
before=$(sa_sequence "$NS_OURS" 192.0.2.2 | tail -n 1)

# Our address goes; another is there.
ip -n "$NS_OURS" addr add 192.0.2.11/24 dev eth0
ip -n "$NS_OURS" addr del 192.0.2.1/24 dev eth0
ours_says "our address or route is gone: 192.0.2.1\[4500\].*192.0.2.11\[4500\]"
ours_says "generating INFORMATIONAL request [0-9]+ \[ N\(UPD_SA_ADDR\)"
wait_until "our SAs and policies are at the new address" 5 sas_at "$NS_OURS" 192.0.2.11
wait_until "charon's too" 5 sas_at "$NS_PEER" 192.0.2.11
sleep 1
check "sequence numbers go on" [ "$(sa_sequence "$NS_OURS" 192.0.2.2 | tail -n 1)" -gt "$before" ]
check "there are four SAs as before" sas_number "$NS_OURS" 4

# And a while without any address: it waits for the next.
ip -n "$NS_OURS" addr del 192.0.2.11/24 dev eth0
ours_says "no address of ours has a route to the peer"
ip -n "$NS_OURS" addr add 192.0.2.1/24 dev eth0
ip -n "$NS_OURS" route replace 10.2.0.0/16 via 192.0.2.2
ours_says "our address or route is gone: 192.0.2.11\[4500\].*192.0.2.1\[4500\]"
wait_until "our SAs and policies are at the old address again" 5 sas_at "$NS_OURS" 192.0.2.1
wait_until "charon's too" 5 sas_at "$NS_PEER" 192.0.2.1
sleep 1
ping_flood_stop
echo "   mobike-we-move: $LOST of $SENT pings lost over two moves, one with a while without any address"
check "at most 250 pings are lost ($LOST of $SENT)" [ "$LOST" -le 250 ]
pings "after the moves" 10.1.0.1 10.2.0.1
pings "after the moves" 10.1.1.1 10.2.1.1
check "no SA of our kernel counts an error" not grep -vqE 'stats: replay-window 0 replay 0 failed 0' <<< "$(sas "$NS_OURS")"
check "nor of charon's" not grep -vqE 'stats: replay-window 0 replay 0 failed 0' <<< "$(sas "$NS_PEER")"
stop_ours
