net_direct
start_peer accepting
capture
start_ours memory --cookie-threshold 1
# Somebody begins and never goes on: one half-open IKE_SA. The octets are a captured beginning of charon's own, sent again from another port.
ip netns exec "$NS_PEER" nft -f - <<'NFT'
table inet stop { chain out { type filter hook output priority 0; udp dport 4500 drop; }; }
NFT
swan --initiate --child net --timeout 1 || true
ours_says "IKE_SA \(unnamed\)\[1\] state change: CREATED => CONNECTING"
ip netns exec "$NS_PEER" nft delete table inet stop
swan --terminate --ike ours --force --timeout 1 || true
check "charon can bring up the child" swan --initiate --child net
peer_says "parsed IKE_SA_INIT response 0 \[ N\(COOKIE\) \]"
peer_says "generating IKE_SA_INIT request 0 \[ N\(COOKIE\) SA KE No"
check "charon has the CHILD_SA" peer_has_child net
stop_ours
