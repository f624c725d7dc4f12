net_esp_nat_peer
start_peer kernel
start_ours netlink
check "charon brings up a child" swan --initiate --child net
check "and another" swan --initiate --child esn
sas_are 4
ours_says "remote host is behind NAT"
sas_have 4 "encap type espinudp sport 4500 dport 4500"
ping_flood_start 10.2.0.1 10.1.0.1 0.02 "$NS_PEER"
ping_flood_start 10.2.1.1 10.1.1.1 0.02 "$NS_PEER"
sleep 1

# The NAT gives the peer another port: the SAs are changed where they are.
before=$(sa_sequence "$NS_OURS" 192.0.2.254 | tail -n 1)
translate 192.0.2.254 61234
ours_says "the peer's NAT has given it another address or port.*192.0.2.254\[61234\]"
wait_until "our SAs go to the new port" 5 our_sas_have 2 "dport 61234"
check "and come from it" our_sas_have 2 "sport 61234"
sleep 1
check "sequence numbers go on" [ "$(sa_sequence "$NS_OURS" 192.0.2.254 | tail -n 1)" -gt "$before" ]

# Then another address: the SAs are moved.
before=$(sa_sequence "$NS_OURS" 192.0.2.254 | tail -n 1)
translate 192.0.2.253 61234
ours_says "the peer's NAT has given it another address or port.*192.0.2.253\[61234\]"
wait_until "our SAs and policies are at the new address" 5 sas_at "$NS_OURS" 192.0.2.253
sleep 1
check "sequence numbers go on" [ "$(sa_sequence "$NS_OURS" 192.0.2.253 | tail -n 1)" -gt "$before" ]
check "we still have four SAs" sas_number "$NS_OURS" 4
ping_flood_stop
echo "   nat-mapping: $LOST of $SENT pings lost over two changes"
check "at most 100 pings are lost ($LOST of $SENT)" [ "$LOST" -le 100 ]
check "no SA of our kernel counts an error" not grep -vqE 'stats: replay-window 0 replay 0 failed 0' <<< "$(sas "$NS_OURS")"
check "nor of charon's" not grep -vqE 'stats: replay-window 0 replay 0 failed 0' <<< "$(sas "$NS_PEER")"
check "charon can rekey through the new mapping" swan --rekey --child net
stop_ours
