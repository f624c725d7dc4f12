net_esp
start_peer kernel
start_ours netlink
sas_are 2
slow_ike() {
  ip netns exec "$NS_PEER" tc qdisc add dev eth0 root handle 1: prio bands 3 priomap 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 &&
    ip netns exec "$NS_PEER" tc qdisc add dev eth0 parent 1:3 netem delay 800ms &&
    ip netns exec "$NS_PEER" tc filter add dev eth0 parent 1: protocol ip u32 match ip protocol 17 0xff match ip sport 4500 0xffff flowid 1:3
}
check "IKE can be slow" slow_ike
ping_flood_start 10.1.0.1 10.2.0.1
ours_count "IKE_SA peer\[1\] rekeyed" 2 60
ping_flood_stop
check "of $SENT packets none is lost ($LOST)" [ "$LOST" = 0 ]
check "there were many ($SENT)" [ "$SENT" -gt 3000 ]
no_errors
check "children collided, as we saw it" ours_says_often "CHILD_SA rekey collision" 2
check "and as charon saw it" peer_says_often "detected CHILD_REKEY collision" 2
check "IKE is fast again" ip netns exec "$NS_PEER" tc qdisc del dev eth0 root
wait_until "charon has one IKE_SA" 15 peer_has_one_ike
wait_until "charon has one living child" 10 peer_has_one_child net
# What was replaced receives five seconds longer, and the next rekeying comes six seconds after the last.
sas_are 2
check "charon authenticated once" [ "$(grep -cE "authentication of .* with pre-shared key successful" "$WORK/charon.log")" = 1 ]
stop_ours
