net_direct
start_peer accepting
ip netns exec "$NS_PEER" nft -f - <<'NFT'
table inet lossy {
  chain input {
    type filter hook input priority 0;
    udp sport 500 @th,208,8 34 limit rate over 1/hour burst 1 packets accept
    udp sport 500 @th,208,8 34 drop
    udp sport 4500 @th,240,8 35 limit rate over 1/hour burst 1 packets accept
    udp sport 4500 @th,240,8 35 drop
  }
}
NFT
capture
start_ours memory
swan --initiate --child net || true
wait_until "charon has the child" 10 peer_has_child net
for exchange in 34 35; do
  responses=$(wire "isakmp.exchangetype == $exchange && isakmp.flag_r == 1" udp.payload)
  check "the response of exchange $exchange was repeated" [ "$(wc -l <<< "$responses")" -ge 2 ]
  check "octet by octet ($exchange)" [ "$(sort -u <<< "$responses" | wc -l)" = 1 ]
done
check "the kernel was asked once" [ "$(grep -c "got SPI" "$WORK/ours.log")" = 1 ]
stop_ours
