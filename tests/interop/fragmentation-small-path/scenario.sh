net_direct
authority root
for side in ours peer; do
  certificate root large.$side rsa "DNS:gcm.$side.example.org"
  give $side x509ca root; give $side x509 large.$side; give $side private large.$side
done
# Whatever is above 800 octets vanishes, and nobody is told.
for ns in "$NS_OURS" "$NS_PEER"; do
  ip netns exec "$ns" nft -f - <<'NFT'
table ip hole {
  chain in { type filter hook prerouting priority -400; udp dport { 500, 4500 } meta length > 800 counter drop; }
}
NFT
done
swallowed() { ip netns exec "$1" nft list table ip hole | grep -E "counter packets [1-9]" > /dev/null; }
none_is_up() { [ -z "$(swan_sas)" ]; }

# Charon cuts small enough from the beginning, so what gets lost is ours: as initiator the request, as responder the response.
start_peer accepting "fragment_size = 700"
start_ours memory
ours_says "IKE_SA gcm\[1\] state change: CONNECTING => ESTABLISHED" 12
check "our larger fragments were swallowed" swallowed "$NS_PEER"
wait_until "the request was cut smaller in the end" 5 wire_reaches 3 'ip.src == 192.0.2.1 && isakmp.typepayload == 53 && ip.len <= 576'
check "the peer has the child" peer_has_child gcm
swan --terminate --ike gcm
wait_until "none is up" 8 none_is_up

: > "$WORK/ours.log"
swan --initiate --child gcm --timeout 9 || fail "charon cannot bring it up"
ours_says "splitting IKE message \([0-9]+ bytes\) into 3 fragments"
check "the peer has the child" peer_has_child gcm
stop_ours
wait_until "none is up" 5 none_is_up
