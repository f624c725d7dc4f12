net_esp
start_peer kernel
start_ours netlink
sas_are 4
ping_flood_start 10.1.0.1 10.2.0.1
ping_flood_start 10.1.1.1 10.2.1.1
for round in {1..5}; do
  check "charon can rekey the second child" swan --rekey --child other
  ours_count "CHILD_SA other rekeyed by the peer" "$round" 8
  [ "$round" -le 3 ] || continue
  check "charon can rekey the IKE_SA" swan --rekey --ike ours
  ours_count "IKE_SA peer\[1\] rekeyed" "$round" 8
done
ours_count "CHILD_SA net rekeyed by the peer" 20 30
ping_flood_stop
check "of $SENT packets none is lost ($LOST)" [ "$LOST" = 0 ]
check "there were many ($SENT)" [ "$SENT" -gt 3000 ]
no_errors
ours_never_says "TEMP_FAIL|NO_CHILD_SA|INVAL_SYN|rekeyed by us"
wait_until "charon has one IKE_SA" 8 peer_has_one_ike
check "charon authenticated once" [ "$(grep -cE "authentication of .* with pre-shared key successful" "$WORK/charon.log")" = 1 ]
# What was replaced receives five seconds longer.
sas_are 4
sas_have 2 "flag af-unspec esn"
pings "through the last of them" 10.1.0.1 10.2.0.1
pings "through the last of them" 10.1.1.1 10.2.1.1
stop_ours
