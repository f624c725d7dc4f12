net_nodes 3
start_postgres
store_in_postgres
behind_nodes 10.1.1.1 10.1.2.1 10.1.3.1 10.1.9.1
KERNEL=${KERNEL:-userspace}
start_nodes
held_within 12 "each node has an address" even 1 2 3
start_charon 1
start_charon 2
watch_bridge
for n in 1 2; do for k in 1 2 3; do check "peer $n brings up its tunnel to address $k" charon_do $n --initiate --child "net$k"; done; done
check "peer 2 gets an address for the road" charon_do 2 --initiate --child home
road=$(charon_do 2 --list-sas --ike road | sed -nE 's/.*\[(10\.3\.0\.[0-9]+)\]$/\1/p')
check "one of the pool" [ -n "$road" ]
for n in 1 2; do for k in 1 2 3; do wait_until "peer $n reaches $k" 5 reaches $n "10.2.$n.1" "10.1.$k.1"; done; done

# The node that has the first address is killed.
victim=$(holders 192.0.2.101)
others=$(for i in 1 2 3; do [ "$i" = "$victim" ] || echo "$i"; done)
ike=$(ike_of 1 to1) ike2=$(ike_of 2 to1) ike_road=$(ike_of 2 road) children=$(spis_of 1 net1) elsewhere=""
for k in 2 3; do [ "$(holders "${SERVICE[k - 1]}")" = "$victim" ] || elsewhere=$k; done
ping_start tunnel 10.1.1.1 10.2.1.1 1
ping_start second 10.1.1.1 10.2.2.1 2
ping_start road 10.1.9.1 "$road" 2
ping_start other "10.1.$elsewhere.1" 10.2.1.1 1
read -rt 2 -u "$NEVER" || true
if esp_in_kernel "$victim"; then
  node_sas "$victim" > "$WORK/sas.before"
  received=$(grep "spi 0x${children:8}\b" "$WORK/sas.before" | sa_number seq) sent=$(grep "spi 0x${children:0:8}\b" "$WORK/sas.before" | sa_number oseq)
  check "the kernel that is to die does the ESP (received $received, sent $sent)" [ $((received < sent ? received : sent)) -ge 10 ]
fi
killed=$(date +%s.%N)
kill_node "$victim"
# shellcheck disable=SC2086
held_within 6 "a killed node's address is elsewhere" all_held $others
heir=$(holders 192.0.2.101 $others)
node_says "$heir" "node n$victim at .* is given up"
given_up=$(($(node_time "$heir" "node n$victim at .* is given up") - ${killed%??????????}${killed: -9:3}))
echo "   $NAME: given up after $given_up ms"
check "the death is found out within $((4 * PATIENCE)) s (it took $given_up ms)" [ $given_up -le $((4000 * PATIENCE)) ]
charon_says 2 "responder requested MID sync"
wait_until "the tunnel answers again" 10 reaches 1 10.2.1.1 10.1.1.1
wait_until "the second peer's too" 10 reaches 2 10.2.2.1 10.1.1.1
wait_until "and the road's" 10 reaches 2 "$road" 10.1.9.1
if esp_in_kernel "$heir"; then
  # By what the kernel was told: the child is rekeyed at any moment.
  seen=$(sa_as_added "$heir" "${children:8}" | sa_number seq) next=$(sa_as_added "$heir" "${children:0:8}" | sa_number oseq)
  echo "   $NAME: the dead kernel had received to number $received and sent to $sent or further; its heir's began at $seen and $next"
  check "the heir's kernel got the SA with what had been received ($seen of $received)" [ "$seen" -ge 1 ]
  check "and sends far beyond what was sent ($next)" [ "$next" -ge $((sent + 4000000)) ]
  check "the heir's kernel does the ESP" grep -E "src 192.0.2.21 dst 192.0.2.101 .* [1-9][0-9]*\(packets\)" <(node_sas "$heir")
fi
for one in tunnel second road; do
  gap=$(ping_gap $one)
  echo "   $NAME: longest gap in the ${one}'s pings: $gap ms"
  check "the $one's pings miss less than 10 s" [ "$gap" -lt 10000 ]
done
gap=$(ping_gap other)
check "a tunnel to another node misses nothing (longest gap: $gap ms)" [ "$gap" -lt 1500 ]

# Nobody noticed.
check "charon has the same IKE_SA" [ "$(ike_of 1 to1)" = "$ike" ]
check "the second peer too" [ "$(ike_of 2 to1)" = "$ike2" ]
check "the road has the same IKE_SA" [ "$(ike_of 2 road)" = "$ike_road" ]
check "and the same address" charon_has 2 "\\[$road\\]"
node_says "$heir" "the peer 'p1.branch.example.org' has answered: IKE_SA branch goes on"

# What was sent before is not taken once more.
before=$(echoes "$heir")
! esp_in_kernel "$heir" || refused=$(refused_esp "$heir")
read -r sent _ < <(replay 1 "$killed" esp 192.0.2.101)
check "old ESP was sent again ($sent)" [ "${sent:-0}" -ge 20 ]
check "and reached nobody" [ "$(echoes "$heir")" = "$before" ]
if esp_in_kernel "$heir"; then
  refused=$(($(refused_esp "$heir") - refused))
  echo "   $NAME: of $sent old packets of ESP the heir's kernel refused $refused"
  check "by the kernel's own account" [ "$refused" -ge "$sent" ]
fi
read -r sent answers anew < <(replay 1 "$killed" ike 192.0.2.101)
check "old IKE requests were sent again ($sent)" [ "${sent:-0}" -ge 1 ]
check "and got no new answer ($answers answers, $anew new)" [ "${anew:-1}" = 0 ]
check "the tunnel is as it was" reaches 1 10.2.1.1 10.1.1.1

# New keys, soon; meanwhile the node comes back.
launch_node "$victim"
charon_asked_since() { [ "$(grep -c "generating CREATE_CHILD_SA request" "$WORK/peer1/charon.log")" -gt "$1" ]; }

rekeyed() { local now; now=$(spis_of 1 net1); [ ${#now} = 16 ] && [ "$now" != "$children" ]; }
wait_until "the child is rekeyed" 25 rekeyed
check "and works" reaches 1 10.2.1.1 10.1.1.1
check "charon still has the same IKE_SA" [ "$(ike_of 1 to1)" = "$ike" ]

# The one that has the address now dies with charon's rekeying on its way.
held_within 25 "a node that comes back has its share" even 1 2 3
wait_until "the tunnel answers" 15 reaches 1 10.2.1.1 10.1.1.1
victim=$(holders 192.0.2.101)
# shellcheck disable=SC2046
others=$(for i in 1 2 3; do [ "$i" = "$victim" ] || echo "$i"; done)
children=$(spis_of 1 net1)
ping_start again 10.1.1.1 10.2.1.1 1
asked=$(grep -c "generating CREATE_CHILD_SA request" "$WORK/peer1/charon.log")
kill_node "$victim" STOP
check "charon is told to rekey" charon_do 1 --rekey --child net1
wait_until "charon has asked" 5 charon_asked_since "$asked"
kill_node "$victim"
# shellcheck disable=SC2086
held_within 6 "the address is elsewhere again" all_held $others
wait_until "the rekeying is answered" 25 rekeyed
wait_until "and carries" 10 reaches 1 10.2.1.1 10.1.1.1
gap=$(ping_gap again)
echo "   $NAME: longest gap in the pings when a node dies in the middle of an exchange: $gap ms"
check "pings miss less than 10 s" [ "$gap" -lt 10000 ]
check "nothing was in clear on the bridge: $(in_clear | head -n 3)" [ -z "$(in_clear)" ]
check "charon has the same IKE_SA, on another node again" [ "$(ike_of 1 to1)" = "$ike" ]
for n in 1 2; do check "peer $n authenticated nothing anew: $(asked_anew $n "$killed" | head -n 3)" [ -z "$(asked_anew $n "$killed")" ]; done
