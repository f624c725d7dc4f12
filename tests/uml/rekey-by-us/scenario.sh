net_esp
start_peer kernel
start_ours netlink
ours_says "CHILD_SA octets\{[0-9]+\} established"
for third in 0 1 2; do ping_flood_start "10.1.$third.1" "10.2.$third.1"; done
for child in time packets octets; do ours_count "CHILD_SA $child rekeyed by us" 20 50; done
ours_count "IKE_SA peer\[1\] rekeyed" 3 30
ping_flood_stop
check "of $SENT packets none is lost ($LOST)" [ "$LOST" = 0 ]
check "there were many ($SENT)" [ "$SENT" -gt 3000 ]
no_errors
check "each rekeying has a key exchange of its own" not grep -qE "\[ N\(REKEY_SA\) SA No TSi" "$WORK/ours.log"
check "the kernel has told of soft limits" ours_says_often "SAD entry with SPI [0-9a-f]+ expires soon" 40
ours_never_says "TEMP_FAIL|NO_CHILD_SA|INVAL_SYN|has reached the end of its life|SPI [0-9a-f]+ expired"
wait_until "charon has one IKE_SA" 8 peer_has_one_ike
check "charon authenticated once" [ "$(grep -cE "authentication of .* with pre-shared key successful" "$WORK/charon.log")" = 1 ]

# What was replaced receives five seconds longer. The child that is rekeyed by time goes on; the other two rest.
two_pairs_rest() { [ "$(sas "$1" | grep -oE "reqid [0-9]+" | sort | uniq -c | grep -c "^ *2 ")" -ge 2 ]; }
wait_until "of those that rest our kernel has one pair each" 8 two_pairs_rest "$NS_OURS"
wait_until "and so has charon's" 8 two_pairs_rest "$NS_PEER"
stop_ours
