net_direct
start_peer accepting
start_ours memory
for connection in $(grep -oE "^  p[0-9]+" "$SCENARIO/ours.conf"); do
  check "charon can bring up $connection" swan --initiate --child "$connection-net"
  ours_says "IKE_SA $connection\\[[0-9]+\\] state change: CONNECTING => ESTABLISHED"
  ours_says "CHILD_SA $connection-net\\{[0-9]+\\} state change: INSTALLING => INSTALLED"
done
stop_ours
