# A service that is asked for three nodes, of which the first is announced at first.
SERVICE=(192.0.2.101 192.0.2.102 2001:db8::103)
net_nodes 3
plug "${NS}d" db 192.0.2.5/24
records() { printf '%s nodes.cluster.example\n' "$@" > "$WORK/hosts"; }
records 192.0.2.11 2001:db8::11
ip netns exec "${NS}d" dnsmasq --keep-in-foreground --conf-file=/dev/null --no-resolv --no-hosts --addn-hosts="$WORK/hosts" --listen-address=192.0.2.5 --bind-interfaces --user=root \
  --pid-file="$WORK/dnsmasq.pid" > "$WORK/dns.log" 2>&1 &
PIDS+=($!)
wait_until "the name server is there" 5 test -s "$WORK/dnsmasq.pid"
for i in 1 2 3; do mkdir -p "/etc/netns/$(node_ns $i)"; printf 'nameserver 192.0.2.5\noptions timeout:1 attempts:1\n' > "/etc/netns/$(node_ns $i)/resolv.conf"; done

# One clock is an hour ahead, another a little behind. The program `faketime` would stand between us and the node.
clock() { echo "env LD_PRELOAD=/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1 FAKETIME_DONT_FAKE_MONOTONIC=1 FAKETIME=$1"; }
FAMILY=6
HOW="--cluster-dns nodes.cluster.example --cluster-quorum 2"
launch_node 1
WRAP=$(clock +1h) launch_node 2
node_says 1 "1 of the 2 nodes that it takes are here" 30
records 2001:db8::13 2001:db8::12 2001:db8::11 2001:db8::99 192.0.2.13 192.0.2.12 192.0.2.11
kill -HUP "$(cat "$WORK/dnsmasq.pid")"
for i in 1 2; do node_says $i "ready: listening" 60; done
check "one cluster was formed" [ "$(cat "$WORK"/n?.log | grep -c "forming a new cluster")" = 1 ]
check "the clock of node 2 is ahead" grep -F "$(date -d '+1 hour' +'%Y-%m-%d %H')" "$WORK/n2.log"
held_within 12 "both have addresses" even 1 2
timeout 20 dotnet "$PROGRAM" cluster status --vici "$WORK/n1.sock" > "$WORK/status"
for i in 1 2; do check "node $i is there by its IPv6 address" grep -E "^n$i.* \[2001:db8::1$i\]:4700 +Up " "$WORK/status"; done

# A stranger with a certificate of his own, for some seconds.
concentrator cluster init-ca "$WORK/other"
concentrator cluster issue n3 --ca "$WORK/other"
CA=other launch_node 3
node_says 3 "refused node at .*another authority" 30
node_says 1 "refused node at .*2001:db8::13.*which calls itself n3: .*another authority" 30
read -rt 5 -u "$NEVER" || true
check "it is not up" [ "$(node_count 3 'ready: listening')" = 0 ]
check "it formed no cluster" [ "$(node_count 3 'forming a new cluster')" = 0 ]
kill_node 3
for i in 1 2; do
  check "node $i said it once, not at each try" [ "$(node_count $i 'refused node at')" -le 1 ]
  check "node $i tells no stacks" not grep -E "^ +at " "$WORK/n$i.log"
done
check "nor does the stranger" not grep -E "^ +at " "$WORK/n3.log"
check "the members have all addresses" even 1 2

# With a certificate of theirs it is one of them, and a little behind. It asks seeds.
HOW="--seed $(node_at 1) $(node_at 2)" WRAP=$(clock -5m) launch_node 3
wait_until "node 3 is up" 60 grep "ready: listening" "$WORK/n3.log"
held_within 12 "with a good one it has its share" even 1 2 3

# The IPv6 address moves like the others, and the one of the wrong clock.
six=$(holders 2001:db8::103) others=()
for i in 1 2 3; do [ "$i" = "$six" ] || others+=("$i"); done
ping_start six 2001:db8::103
kill_node "$six"
held_within 6 "the IPv6 address of a killed node is elsewhere" all_held "${others[@]}"
for i in "${others[@]}"; do node_says "$i" "node n$six at \[2001:db8::1$six\]:4700 is given up"; done
wait_until "the peer reaches it" 5 ip netns exec "$(peer_ns 1)" ping -q -c 1 -W 1 2001:db8::103
gap=$(ping_gap six)
echo "   $NAME: longest gap for the peer at the IPv6 address: $gap ms"
check "the peer misses it for less than 8 s" [ "$gap" -lt 8000 ]
