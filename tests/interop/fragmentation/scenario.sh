net_direct
authority root
for side in ours peer; do
  # Names without end, so that the certificate alone has some 9,000 octets.
  dns=$(printf ',DNS:name-%03d.of-a-host-with-very-many-names.example.org' {1..150})
  certificate root large.$side rsa "DNS:gcm.$side.example.org,DNS:cbc.$side.example.org,DNS:whole.$side.example.org$dns"
  give $side x509ca root; give $side x509 large.$side; give $side private large.$side
done
three_are_up() { [ "$(swan_sas | grep -c "ESTABLISHED, IKEv2")" = 3 ] && [ "$(peer_child_count)" = 3 ]; }
none_is_up() { [ -z "$(swan_sas)" ]; }

# Charon takes 10,000 octets at most, unless told; its fragments are smaller than ours.
start_peer accepting "fragment_size = 700
  max_packet = 30000"
start_ours memory
wait_until "all three are up" 15 three_are_up
# In which one of us does not want it, nothing is cut.
ours_count "splitting IKE message \([0-9]+ bytes\) into [0-9]+ fragments" 2 2
ours_count "reassembled fragmented IKE message" 2 2
peer_says "received fragment #[0-9]+ of [0-9]+, reassembled fragmented IKE message"
peer_says "splitting IKE message \([0-9]+ bytes\) into [0-9]+ fragments"
check "no fragment of ours is larger than 1280 octets with its headers" [ "$(wire_count 'ip.src == 192.0.2.1 && isakmp.typepayload == 53 && ip.len > 1280')" = 0 ]
check "a router may cut whatever we send" [ "$(wire_count 'isakmp && ip.src == 192.0.2.1 && ip.flags.df == 1')" = 0 ]
check "ours are on the wire" [ "$(wire_count 'ip.src == 192.0.2.1 && isakmp.typepayload == 53')" -gt 15 ]
check "so are charon's" [ "$(wire_count 'ip.src == 192.0.2.2 && isakmp.typepayload == 53')" -gt 25 ]

for name in gcm cbc whole; do swan --terminate --ike $name; done
wait_until "none is up" 8 none_is_up
: > "$WORK/ours.log"
for name in gcm cbc whole; do swan --initiate --child $name --timeout 5 || fail "charon cannot bring up $name"; done
check "all three are up again" three_are_up
ours_count "reassembled fragmented IKE message" 2 2
ours_count "splitting IKE message \([0-9]+ bytes\) into [0-9]+ fragments" 2 2
check "the third answer is whole" [ "$(grep -c "splitting IKE message" "$WORK/ours.log")" = 2 ]
stop_ours
wait_until "none is up" 5 none_is_up
