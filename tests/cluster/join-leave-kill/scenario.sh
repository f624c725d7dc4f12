net_nodes 3
start_nodes
check "one cluster was formed" [ "$(cat "$WORK"/n?.log | grep -c "forming a new cluster")" = 1 ]
held_within 12 "each node has an address" even 1 2 3
check "the peer reaches all of them" ip netns exec "$(peer_ns 1)" ping -q -c 2 -i 0.2 -W 2 "${SERVICE[0]}"
timeout 20 dotnet "$PROGRAM" cluster status --vici "$WORK/n2.sock" > "$WORK/status"
check "a node tells of three members that are up" [ "$(grep -c " Up " "$WORK/status")" = 3 ]
for i in 1 2 3; do check "and what node $i has" grep -E "^n$i.* 192\.0\.2\.1$i:4700 .* 192\.0\.2\.10[123]$" "$WORK/status"; done

# In order.
moving=$(for a in "${SERVICE[@]}"; do if has 2 "$a"; then echo "$a"; fi; done)
ping_start leave "$moving"
stop_node 2
held_within 2 "a stopped node's address is elsewhere" all_held 1 3
node_says 1 "node n2 at 192.0.2.12:4700 has left"
read -rt 1 -u "$NEVER" || true
gap=$(ping_gap leave)
echo "   $NAME: longest gap for the peer when a node stops: $gap ms"
check "the peer misses it for less than 2 s" [ "$gap" -lt 2000 ]

# And back.
start_node 2
held_within 12 "a node that comes back has its share" even 1 2 3

# By force; n1 is the oldest and coordinates.
moving=$(for a in "${SERVICE[@]}"; do if has 1 "$a"; then echo "$a"; fi; done)
ping_start kill "$moving"
kill_node 1
held_within 8 "the killed coordinator's address is elsewhere" all_held 2 3
node_says 2 "node n1 at 192.0.2.11:4700 is given up"
wait_until "the peer reaches it" 5 ip netns exec "$(peer_ns 1)" ping -q -c 1 -W 1 "$moving"
gap=$(ping_gap kill)
echo "   $NAME: longest gap for the peer when the coordinator is killed: $gap ms"
check "the peer misses it for less than 8 s" [ "$gap" -lt 8000 ]
stop_node 3
held_within 3 "the last node has all of them" all_held 2
stop_node 2
check "nobody has any" [ -z "$(for a in "${SERVICE[@]}"; do holders "$a" 2 3; done)" ]
