net_direct
start_peer accepting "cookie_threshold = 1
  cookie_threshold_ip = 1
  half_open_timeout = 20"
capture
# A first beginning that never goes on makes charon demand cookies: our own IKE_AUTH does not arrive.
ip netns exec "$NS_PEER" nft -f - <<'NFT'
table inet stop { chain in { type filter hook input priority 0; udp dport 4500 drop; }; }
NFT
start_ours memory
ours_says "generating IKE_AUTH request 1"
kill -KILL "$OURS_PID"; wait "$OURS_PID" 2>/dev/null || true
ip netns exec "$NS_PEER" nft delete table inet stop
start_ours memory
ours_says "parsed IKE_SA_INIT response 0 \[ N\(COOKIE\) \]"
ours_says "generating IKE_SA_INIT request 0 \[ N\(COOKIE\) SA KE No"
ours_says "CHILD_SA net\{1\} state change: INSTALLING => INSTALLED"
check "charon has the CHILD_SA" peer_has_child net
stop_ours
