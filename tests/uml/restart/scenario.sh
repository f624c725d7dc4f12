. "$ROOT/tests/interop/lib/store.sh"
net_esp
start_peer kernel
make_store
start_ours netlink "${STORE[@]}"
ours_says "CHILD_SA net\{[0-9]+\} established"
wait_until "charon has the child" 5 peer_has_one_child net
SPIS=$(peer_spis)
ping_flood_start 10.1.0.1 10.2.0.1
wait_until "a sample is stored" 10 store_has_samples
our_sas() { ip -n "$NS_OURS" xfrm state list | grep -oE 'spi 0x[0-9a-f]+' | sort; }
before=$(our_sas)

kill_ours
start_ours netlink "${STORE[@]}"
ours_says "shard [0-9]+: going on with 1 IKE_SAs, 1 CHILD_SAs are in the kernel, 0 were refused"
check "its SAs are those of before" [ "$(our_sas)" = "$before" ]
ours_says "the peer 'peer.example.org' has answered: IKE_SA peer goes on" 15
ping_flood_stop
check "of $SENT pings none is lost ($LOST)" [ "$LOST" = 0 ]
check "there were many ($SENT)" [ "$SENT" -gt 300 ]
no_errors
check "charon has the IKE_SA that it had" [ "$(peer_spis)" = "$SPIS" ]
ours_says "CHILD_SA net rekeyed by us" 30
check "before that no SA was added" [ "$(sed '/generating CREATE_CHILD_SA/q' "$WORK/ours.log" | grep -c "adding SAD entry")" = 0 ]
wait_until "what was replaced is gone" 15 sas_number "$NS_OURS" 2
pings "after the rekeying" 10.1.0.1 10.2.0.1
wait_until "the new child is sampled" 10 store_has_samples

kill_ours
out=$(ip -n "$NS_OURS" xfrm state list dst 192.0.2.2 | grep -oE 'spi 0x[0-9a-f]+')
ip -n "$NS_OURS" xfrm state delete src 192.0.2.1 dst 192.0.2.2 proto esp $out
start_ours netlink "${STORE[@]}"
ours_says "the peer 'peer.example.org' has answered: IKE_SA peer goes on" 15
check "the SA that was lost sends beyond what was sent" [ "$(sa_sequence "$NS_OURS" 192.0.2.2 | tail -n 1)" -gt 4000000 ]
pings "with the SA that was lost" 10.1.0.1 10.2.0.1
check "charon authenticated once" [ "$(grep -cE "authentication of .* with pre-shared key successful" "$WORK/charon.log")" = 1 ]
check "charon's kernel counts no replay" not grep -qE "replay [1-9]" <<< "$(sas "$NS_PEER")"
check "charon can close the IKE_SA" swan --terminate --ike ours
wait_until "nothing is left in the store" 5 store_is_empty
stop_ours
