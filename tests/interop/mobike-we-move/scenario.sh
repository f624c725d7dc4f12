net_direct
ip netns exec "$NS_OURS" sysctl -qw net.ipv4.conf.eth0.promote_secondaries=1
start_peer accepting
start_ours memory
ours_says "CHILD_SA net\{1\} state change: INSTALLING => INSTALLED"
ours_says "peer supports MOBIKE"
peer_says "IKE_SA ours\[1\] established"
ike_spis() { ours_swan --list-sas --raw | grep -oE '(initiator|responder)-spi=[0-9a-f]+' | sort; }
ike_spis > "$WORK/before"
check "our list has both SPIs" [ "$(wc -l < "$WORK/before")" = 2 ]

ip -n "$NS_OURS" addr add 192.0.2.11/24 dev eth0
ip -n "$NS_OURS" addr del 192.0.2.1/24 dev eth0
ours_says "our address or route is gone: 192.0.2.1\[4500\]...192.0.2.2\[4500\] => 192.0.2.11\[4500\]...192.0.2.2\[4500\]"
peer_says "received packet: from 192.0.2.11\[4500\] to 192.0.2.2\[4500\]"
peer_says "parsed INFORMATIONAL request [0-9]+ \[ N\(UPD_SA_ADDR\) .*N\(COOKIE2\) \]"
ours_says "parsed INFORMATIONAL response [0-9]+ \[ .*N\(COOKIE2\).* \]"
wait_until "charon lists us at the new address" 5 eval 'swan_sas | grep "192.0.2.11\[4500\]" > /dev/null'
wait_until "we list ourselves there" 5 eval 'ours_swan --list-sas | grep "192.0.2.11\[4500\]" > /dev/null'
ours_says "moving SAD entry with SPI [0-9a-f]+ and its pair to 192.0.2.11\[4500\]...192.0.2.2\[4500\] in UDP"
check "charon has one IKE_SA" peer_has_one_ike
check "it is the IKE_SA that it was" [ "$(ike_spis)" = "$(cat "$WORK/before")" ]

# charon's ESP in user space cannot move an SA, so it rekeys the child at once: its request arrives at the new address, and is answered from there.
ours_says "CHILD_SA net rekeyed by the peer"
wait_until "charon has one child" 5 peer_has_one_child net
check "charon lists it between the new ends" grep -q "192.0.2.11" <<< "$(swan_sas)"
check "our first request after the move went to port 4500 of the peer" [ "$(wire 'ip.src == 192.0.2.11 && isakmp.flag_r == 0' udp.dstport isakmp.exchangetype | head -n 1 | tr '\t' ' ')" = "4500 37" ]
check "CREATE_CHILD_SA came to the new address" [ "$(wire_count 'ip.dst == 192.0.2.11 && isakmp.exchangetype == 36 && isakmp.flag_r == 0')" -ge 1 ]
check "one pair of SPIs" [ "$(wire 'isakmp && isakmp.exchangetype != 34' isakmp.ispi isakmp.rspi | sort -u | wc -l)" = 1 ]
check "one IKE_AUTH exchange" [ "$(wire 'isakmp.exchangetype == 35' isakmp.messageid | sort | uniq -c | awk '{ print $1 }')" = 2 ]
check "nothing of ours leaves the old address any more" not grep -q "^192.0.2.1$" <<< "$(wire 'isakmp' ip.src | sed -n '/192.0.2.11/,$p')"
check "nobody has been asked for his name again" [ "$(grep -c "IKE_SA peer\[[0-9]*\] state change: .* => ESTABLISHED" "$WORK/ours.log")" = 1 ]
stop_ours
peer_says "received DELETE for IKE_SA"
