. "$ROOT/tests/interop/lib/userspace.sh"
net_userspace_nat
start_peer accepting
start_ours userspace
check "charon can bring up the child" swan --initiate --child net
ours_says "remote host is behind NAT"
ours_says "CHILD_SA net\\{1\\} state change: INSTALLING => INSTALLED"
pings "before" 10.1.0.1 10.2.0.1
first=$(peer_port)

# ESP shows the new port.
ping_flood_start 10.2.0.1 10.1.0.1 0.02 "$NS_PEER"
sleep 1
change_mapping
ours_count "the peer's NAT has given it another address or port" 1 5
sleep 1
ping_flood_stop
echo "   userspace-nat: $LOST of $SENT pings lost over a change of the mapping"
check "at least fifty pings were sent ($SENT)" [ "$SENT" -ge 50 ]
check "at most half a second of pings is lost ($LOST of $SENT)" [ "$LOST" -le 25 ]
second=$(peer_port)
check "the port is another ($first, $second)" [ "$first" != "$second" ]
pings "through the new mapping" 10.1.0.1 10.2.0.1

# Nothing flows; IKE shows it.
change_mapping
check "charon can rekey the child" swan --rekey --child net
ours_count "the peer's NAT has given it another address or port" 2 5
pings "through the newest mapping" 10.1.0.1 10.2.0.1
check "the port is another again" [ "$(peer_port)" != "$second" ]
wait_until "charon has one child that is not rekeyed" 8 peer_has_one_child net

# ESP with an SPI that no SA has, fifty times within a second or two.
for _ in {1..50}; do ip netns exec "$NS_PEER" bash -c "printf '\\336\\255\\276\\357\\0\\0\\0\\1%048d' 0 > /dev/udp/192.0.2.1/4500"; done
peer_says "parsed INFORMATIONAL request [0-9]+ \\[ N\\(INVAL_SPI\\) \\]" 5
check "charon is told a few times at most" [ "$(grep -c "N(INVAL_SPI)" "$WORK/charon.log")" -le 5 ]
pings "afterwards" 10.1.0.1 10.2.0.1
check "the IKE_SA is the first" not grep -q "IKE_SA peer\\[2\\]" "$WORK/ours.log"
ours_never_errs
stop_ours
userspace_finish
