net_direct
start_peer accepting
start_ours memory
check "charon can bring up the child" swan --initiate --child net
# Both sides rekey the child every six seconds and the IKE_SA every twenty. charon is a little faster, but each of its requests is lost once: ours is on
# its way before charon's arrives.
check "the wire can lose packets" ip netns exec "$NS_OURS" nft -f - <<'NFT'
table inet loss {
  chain input {
    type filter hook input priority 0;
    udp dport 4500 @th,240,8 36 @th,248,8 & 0x20 == 0 numgen inc mod 2 == 0 drop;
  }
}
NFT
ours_count "IKE_SA peer\[1\] rekeyed" 2 60
ours_count "CHILD_SA net rekeyed" 6 60
check "charon saw them collide" peer_says_often "detected CHILD_REKEY collision" 3
check "the wire is whole again" ip netns exec "$NS_OURS" nft delete table inet loss
wait_until "charon has one IKE_SA" 25 peer_has_one_ike
wait_until "charon has one living child" 25 peer_has_one_child net
wait_until "our gateway is as tidy as charon" 25 ours_has_one_child
check "charon authenticated once" [ "$(wire 'isakmp.exchangetype == 35' isakmp.messageid | sort -u | wc -l)" = 1 ]
stop_ours
