net_esp
ip netns exec "$NS_OURS" sysctl -qw net.core.xfrm_larval_drop=0
start_peer kernel
start_ours netlink --retransmit-tries 1
ours_says "CHILD_SA net\{1\} state change: INSTALLING => INSTALLED"
sas_are 2
# Until then the kernel looks for modules, and a liveness check does not wait for its answer for ever.
ours_says "asked the kernel for [0-9]+ algorithms" 30

# Traffic in: no probe.
ping_flood_start 10.1.0.1 10.2.0.1 0.1
wait_until "the peer answers pings" 5 esp_came_in
ip netns exec "$NS_OURS" timeout -s INT 9 tcpdump -i eth0 -nn --immediate-mode -U -s 2048 -B 8192 -w "$WORK/ike.pcap" 'udp port 500 or udp port 4500' 2> "$WORK/ike.out"
check "tcpdump has watched" grep -q "packets captured" "$WORK/ike.out"
check "no IKE message was on the wire while ESP flowed" [ "$(tcpdump -nn -r "$WORK/ike.pcap" 2>/dev/null | wc -l)" = 0 ]
ping_flood_stop
check "no ping was lost" [ "$LOST" = 0 ]
ours_says "parsed INFORMATIONAL response [0-9]+ \[ \]" 15

# A power cut.
kill -KILL "$PEER_PID"; wait "$PEER_PID" 2>/dev/null
ip -n "$NS_PEER" xfrm state flush; ip -n "$NS_PEER" xfrm policy flush
ping_flood_start 10.1.0.1 10.2.0.1 0.2
start_peer kernel
ours_says "giving up after 1 retransmits" 20
ours_says "CHILD_SA net\{2\} state change: INSTALLING => INSTALLED" 20
ping_flood_stop
sas_are 2
pings "after the restart" 10.1.0.1 10.2.0.1
stop_ours
