net_esp
start_peer kernel
start_ours netlink
sas_are 4
check "charon can bring up a third" swan --initiate --child third
sas_are 6
pings "first" 10.1.0.1 10.2.0.1
for ours in 10.1.1.1 10.1.2.1; do
  for peer in 10.2.1.1 10.2.2.1; do pings "second, each pair of its selectors" "$ours" "$peer"; done
done
pings "third" 10.1.3.1 10.2.3.1
sas_carry
ping_flood_start 10.1.0.1 10.2.0.1
check "charon can close the second" swan --terminate --child second
sas_are 4
check "charon can bring it up again" swan --initiate --child second
sas_are 6
pings "second, once more" 10.1.2.1 10.2.1.1
ping_flood_stop
check "the first has lost none of $SENT packets meanwhile ($LOST)" [ "$LOST" = 0 ]
sas_carry
stop_ours
