net_esp
# charon asks along every way that there is and takes the first that answers: here there is one.
for ns in "$NS_OURS" "$NS_PEER"; do ip -n "$ns" -6 addr flush dev eth0 scope global; done
start_peer kernel
start_ours netlink
check "charon brings up a child" swan --initiate --child net
check "and another" swan --initiate --child esn
sas_are 4
ping_flood_start 10.2.0.1 10.1.0.1 0.02 "$NS_PEER"
ping_flood_start 10.2.1.1 10.1.1.1 0.02 "$NS_PEER"
sleep 1
before=$(sa_sequence "$NS_OURS" 192.0.2.2 | tail -n 1)
# With a route of its own, so that there is no moment without one.
ip -n "$NS_PEER" addr add 192.0.2.22/25 dev eth0
ip -n "$NS_PEER" addr del 192.0.2.2/24 dev eth0
ours_says "the peer has moved: 192.0.2.1\[4500\]...192.0.2.2\[4500\] => 192.0.2.1\[4500\]...192.0.2.22\[4500\]"
ours_says "generating INFORMATIONAL request [0-9]+ \[ N\(COOKIE2\) \]"
ours_says "the peer answers from 192.0.2.22\[4500\]: the SAs follow"
wait_until "our SAs and policies are at the new address" 5 sas_at "$NS_OURS" 192.0.2.22
wait_until "charon's too" 5 sas_at "$NS_PEER" 192.0.2.22
sleep 1
check "sequence numbers go on" [ "$(sa_sequence "$NS_OURS" 192.0.2.22 | tail -n 1)" -gt "$before" ]
check "there are four SAs as before" sas_number "$NS_OURS" 4
ping_flood_stop
echo "   mobike-peer-moves: $LOST of $SENT pings lost over one move"
check "at most 150 pings are lost ($LOST of $SENT)" [ "$LOST" -le 150 ]
check "no SA of our kernel counts an error" not grep -vqE 'stats: replay-window 0 replay 0 failed 0' <<< "$(sas "$NS_OURS")"
check "nor of charon's" not grep -vqE 'stats: replay-window 0 replay 0 failed 0' <<< "$(sas "$NS_PEER")"
stop_ours
