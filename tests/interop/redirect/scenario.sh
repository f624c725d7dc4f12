net_direct
ip -n "$NS_OURS" addr add 192.0.2.3/24 dev eth0
ip -n "$NS_OURS" addr add 192.0.2.4/24 dev eth0
start_peer accepting
start_ours memory --listen 192.0.2.1 192.0.2.4
HOME=$WORK ip netns exec "$NS_OURS" dotnet "$PROGRAM" serve --config "$WORK/ours.conf" --kernel memory --vici none --http none --listen 192.0.2.3 --redirect-newcomers 192.0.2.1 > "$WORK/door.log" 2>&1 &
DOOR_PID=$!; PIDS+=("$DOOR_PID")
wait_until "the door is open" 20 grep "ready: listening" "$WORK/door.log"

# peer_is_at ADDRESS: by charon's list, with one IKE_SA and one child.
peer_is_at() {
  swan_sas > "$WORK/sas"
  [ "$(grep -c "IKEv2" "$WORK/sas")" = 1 ] && grep -F "@ $1[" "$WORK/sas" && grep -E "^  net: .*INSTALLED" "$WORK/sas"
}

redirects() { wire "isakmp.notify.msgtype == 16407" | wc -l; }

check "charon can bring up the child" swan --initiate --child net
wait_until "charon is where the door sent it" 5 peer_is_at 192.0.2.1
check "the door said so in the clear, once" [ "$(redirects)" = 1 ]
check "the door knows nobody" not grep -E "peer\.example\.org|ESTABLISHED" "$WORK/door.log"

ours_swan --redirect --ike peer --gateway 192.0.2.4 > "$WORK/redirect.out" || fail "swanctl --redirect: $(cat "$WORK/redirect.out")"
wait_until "charon is where it was sent" 10 peer_is_at 192.0.2.4
check "nobody can be sent who is not here" not ours_swan --redirect --ike nobody --gateway 192.0.2.4

check "charon can end the IKE_SA" swan --terminate --ike ours
ours_says "received DELETE for IKE_SA"
kill -TERM "$DOOR_PID"
wait_until "the door ends" 8 dead "$DOOR_PID"
stop_ours
