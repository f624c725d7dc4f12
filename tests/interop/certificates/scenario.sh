net_direct
authority root
authority sub root
for side in ours peer; do
  certificate root rsa.$side rsa "DNS:pss.$side.example.org,DNS:pkcs1.$side.example.org,DNS:mixed.$side.example.org"
  certificate root p256.$side p256 "DNS:p256.$side.example.org,DNS:p256.wild.example.org"
  certificate sub p384.$side p384
  certificate root p521.$side p521 "email:p521@$side.example.org" "" "$PSK"
  certificate root ed25519.$side ed25519 "IP:192.0.2.$([ $side = ours ] && echo 1 || echo 2)"
  give $side x509ca root
  give $side x509 {rsa,p256,p384,p521,ed25519}.$side sub
done
give ours private rsa.ours ed25519.ours; give ours rsa rsa.ours; give ours ecdsa p256.ours p384.ours; give ours pkcs8 p521.ours
give peer private {rsa,p256,p384,p521,ed25519}.peer

all="pss pkcs1 p256 p384 p521 ed25519 our-key peer-key"
all_are_up() { [ "$(swan_sas | grep -c "ESTABLISHED, IKEv2")" = 8 ] && [ "$(peer_child_count)" = 8 ]; }
none_is_up() { [ -z "$(swan_sas)" ]; }
# signed WHO WITH: our verdict on the peer's signature, and the peer's on ours.
we_accept() { ours_says "authentication of '$1' with $2 successful"; }
peer_accepts() { peer_says "authentication of '$1' with $2 successful"; }

start_peer accepting
start_ours memory
wait_until "all eight are up" 15 all_are_up
we_accept pss.peer.example.org "RSA-PSS with SHA-384"
we_accept pkcs1.peer.example.org "RSA PKCS#1 with SHA-256"
we_accept p256.wild.example.org "ECDSA with SHA-256"
we_accept "C=CH, O=Lab, CN=p384.peer" "ECDSA with SHA-384"
we_accept p521@peer.example.org "ECDSA with SHA-512"
we_accept 192.0.2.2 "Ed25519"
we_accept shared.peer.example.org "pre-shared key"
we_accept mixed.peer.example.org "RSA PKCS#1 with SHA-256"
peer_accepts pss.ours.example.org RSA_EMSA_PSS_SHA2_256_SALT_32
peer_accepts pkcs1.ours.example.org RSA_EMSA_PSS_SHA2_256_SALT_32
peer_accepts p256.ours.example.org ECDSA_WITH_SHA256_DER
peer_accepts "C=CH, O=Lab, CN=p384.ours" ECDSA_WITH_SHA384_DER
peer_accepts p521@ours.example.org ECDSA_WITH_SHA512_DER
peer_accepts 192.0.2.1 ED25519
peer_says "received issuer cert \"C=CH, O=Lab $PKI_MARK, CN=sub\""
peer_says "received cert request for \"C=CH, O=Lab $PKI_MARK, CN=root\""
peer_never_says "no trusted .* public key found"

# The other way round: the same connections, called by the peer.
for name in $all; do swan --terminate --ike $name; done
wait_until "none is up" 8 none_is_up
: > "$WORK/ours.log"
for name in $all; do swan --initiate --child $name --timeout 5 || fail "charon cannot bring up $name"; done
check "all eight are up again" all_are_up
we_accept pss.peer.example.org "RSA-PSS with SHA-384"
we_accept 192.0.2.2 "Ed25519"
we_accept "C=CH, O=Lab, CN=p384.peer" "ECDSA with SHA-384"
we_accept mixed.peer.example.org "RSA PKCS#1 with SHA-256"
stop_ours
wait_until "none is up" 5 none_is_up

# A peer that does not know RFC 7427: RFC 4754's methods serve, and RSA, for which only SHA-1 would be left, is refused by both.
kill -TERM "$PEER_PID"; wait "$PEER_PID"
: > "$WORK/ours.log"; : > "$WORK/charon.log"
start_peer accepting "signature_authentication = no"
start_ours memory
we_accept p256.wild.example.org "ECDSA with SHA-256"
we_accept "C=CH, O=Lab, CN=p384.peer" "ECDSA with SHA-384"
we_accept p521@peer.example.org "ECDSA with SHA-512"
peer_accepts p256.ours.example.org "ECDSA-256 signature"
peer_accepts "C=CH, O=Lab, CN=p384.ours" "ECDSA-384 signature"
peer_accepts p521@ours.example.org "ECDSA-521 signature"
ours_says "RSA PKCS#1 with SHA-1 is too weak"
stop_ours
