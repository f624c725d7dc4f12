net_direct
# charon asks along every way that there is and takes the first that answers: here there is one.
for ns in "$NS_OURS" "$NS_PEER"; do ip -n "$ns" -6 addr flush dev eth0 scope global; done
start_peer accepting
start_ours memory
check "charon can bring up the child" swan --initiate --child net
ours_says "CHILD_SA net\{1\} state change: INSTALLING => INSTALLED"
ours_says "peer supports MOBIKE"
ike_spis() { ours_swan --list-sas --raw | grep -oE '(initiator|responder)-spi=[0-9a-f]+' | sort; }
ike_spis > "$WORK/before"
check "our list has the old address" grep -q "192.0.2.2\[4500\]" <<< "$(ours_swan --list-sas)"

# With a route of its own, so that there is no moment without one.
ip -n "$NS_PEER" addr add 192.0.2.12/25 dev eth0
ip -n "$NS_PEER" addr del 192.0.2.2/24 dev eth0
peer_says "generating INFORMATIONAL request [0-9]+ \[ .*N\(UPD_SA_ADDR\)" 10
ours_says "received packet: from 192.0.2.12\[4500\] to 192.0.2.1\[4500\]"
ours_says "parsed INFORMATIONAL request [0-9]+ \[ .*N\(UPD_SA_ADDR\)"
ours_says "the peer has moved: 192.0.2.1\[4500\]...192.0.2.2\[4500\] => 192.0.2.1\[4500\]...192.0.2.12\[4500\]"
peer_says "parsed INFORMATIONAL request [0-9]+ \[ N\(COOKIE2\) \]"
peer_says "generating INFORMATIONAL response [0-9]+ \[ N\(COOKIE2\) \]"
ours_says "the peer answers from 192.0.2.12\[4500\]: the SAs follow"
check "the SAs followed after the proof, not before" [ "$(grep -nE "moving SAs|the peer answers from 192.0.2.12" "$WORK/ours.log" | grep -m 1 -c "the peer answers")" = 1 ]
wait_until "our list has the new address" 5 eval 'ours_swan --list-sas | grep "192.0.2.12\[4500\]" > /dev/null'
check "and not the old one" not grep -q "192.0.2.2\[" <<< "$(ours_swan --list-sas)"
check "it is the IKE_SA that it was" [ "$(ike_spis)" = "$(cat "$WORK/before")" ]
check "charon has one IKE_SA" peer_has_one_ike
check "our request to the new address was answered from there" [ "$(wire 'isakmp.exchangetype == 37 && isakmp.flag_i == 0 && isakmp.flag_r == 0 && ip.dst == 192.0.2.12' | wc -l)" -ge 1 ]
check "by charon" [ "$(wire_count 'isakmp.exchangetype == 37 && isakmp.flag_r == 1 && ip.src == 192.0.2.12 && ip.dst == 192.0.2.1')" -ge 1 ]
check "one pair of SPIs" [ "$(wire 'isakmp && isakmp.exchangetype != 34' isakmp.ispi isakmp.rspi | sort -u | wc -l)" = 1 ]
check "one IKE_AUTH exchange" [ "$(wire 'isakmp.exchangetype == 35' isakmp.messageid | sort | uniq -c | awk '{ print $1 }')" = 2 ]
check "our side is alive for charon at the new address" swan --terminate --ike ours
ours_says "received DELETE for IKE_SA"
stop_ours
