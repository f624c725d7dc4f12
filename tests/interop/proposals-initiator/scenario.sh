net_direct
start_peer accepting
start_ours memory
for connection in $(grep -oE "^  p[0-9]+" "$SCENARIO/ours.conf"); do
  ours_says "IKE_SA $connection\\[[0-9]+\\] state change: CONNECTING => ESTABLISHED" 10
  ours_says "CHILD_SA $connection-net\\{[0-9]+\\} state change: INSTALLING => INSTALLED"
  check "charon has the child of $connection" peer_has_child "$connection-net"
done
stop_ours
