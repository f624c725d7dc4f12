net_direct
start_peer accepting
# What arrives is seen by tcpdump before nft drops it, so both copies are in the capture. Each rule drops one packet.
for ns in "$NS_OURS" "$NS_PEER"; do
  ip netns exec "$ns" nft -f - <<'NFT'
table inet lossy {
  chain input {
    type filter hook input priority 0;
    udp dport 500 @th,208,8 34 limit rate over 1/hour burst 1 packets accept
    udp dport 500 @th,208,8 34 drop
    udp dport 4500 @th,240,8 35 limit rate over 1/hour burst 1 packets accept
    udp dport 4500 @th,240,8 35 drop
  }
}
NFT
done
capture
start_ours memory
ours_says "retransmit" 10
ours_says "CHILD_SA net\{1\} state change: INSTALLING => INSTALLED" 20
check "charon has one child" [ "$(peer_child_count)" = 1 ]
requests=$(wire 'isakmp.exchangetype == 34 && isakmp.flag_r == 0' udp.payload)
check "the IKE_SA_INIT request was repeated" [ "$(wc -l <<< "$requests")" -ge 2 ]
check "octet by octet" [ "$(sort -u <<< "$requests" | wc -l)" = 1 ]
requests=$(wire 'isakmp.exchangetype == 35 && isakmp.flag_r == 0' udp.payload)
check "the IKE_AUTH request was repeated" [ "$(wc -l <<< "$requests")" -ge 2 ]
check "octet by octet as well" [ "$(sort -u <<< "$requests" | wc -l)" = 1 ]
stop_ours
