net_direct
authority root; authority stranger-ca; authority one; authority two one
mkdir "$WORK/web"
name() { echo "DNS:$1.peer.example.org"; }
crl_at() { printf 'crlDistributionPoints=URI:http://127.0.0.1:8089/%s' "$1"; }
ocsp_at() { printf 'authorityInfoAccess=OCSP;URI:http://127.0.0.1:%s/' "$1"; }

certificate root good p256 "$(name good)"
certificate root other-id p256 "DNS:somebody-else.peer.example.org"
certificate stranger-ca stranger p256 "$(name stranger)"
ISSUE_OPTIONS="-startdate 20200101000000Z -enddate 20200201000000Z" certificate root expired p256 "$(name expired)"
ISSUE_OPTIONS="-startdate 20900101000000Z -enddate 20910101000000Z" certificate root future p256 "$(name future)"
key "$WORK/pki/self-signed.key" p256
quietly openssl req -new -x509 -key "$WORK/pki/self-signed.key" -subj "/C=CH/O=Lab/CN=self-signed" -addext "subjectAltName=$(name self-signed)" -days 2 -out "$WORK/pki/self-signed.pem"
certificate two loop p256 "$(name loop)"
issue two one "$WORK/pki/one/key.pem" "/C=CH/O=Lab $PKI_MARK/CN=one" "basicConstraints=critical,CA:TRUE"
for name in crl-good crl-revoked; do certificate root $name p256 "$(name $name)" "$(crl_at root.crl)"; done
for name in ocsp-good ocsp-revoked; do certificate root $name p256 "$(name $name)" "$(ocsp_at 8088)"; done
certificate root no-server p256 "$(name no-server)"
certificate root dead-server p256 "$(name dead-server)" "$(ocsp_at 8087)"
revoke root crl-revoked; revoke root ocsp-revoked; crl root; cp "$WORK/pki/root/crl.der" "$WORK/web/root.crl"

all="good stranger expired future other-id self-signed loop crl-good crl-revoked ocsp-good ocsp-revoked no-server dead-server"
bad="stranger expired future other-id self-signed loop crl-revoked ocsp-revoked no-server dead-server"
# shellcheck disable=SC2086
give peer x509 $all one two; give peer private $all
give ours x509ca root

ip netns exec "$NS_OURS" python3 -m http.server 8089 --bind 127.0.0.1 --directory "$WORK/web" > "$WORK/web.log" 2>&1 & PIDS+=($!)
ip netns exec "$NS_OURS" openssl ocsp -port 8088 -index "$WORK/pki/root/index.txt" -CA "$WORK/pki/root/ca.pem" \
  -rsigner "$WORK/pki/root/ca.pem" -rkey "$WORK/pki/root/key.pem" -nmin 60 > "$WORK/ocsp.log" 2>&1 & PIDS+=($!)
served() { ip netns exec "$NS_OURS" ss -ltn | grep ":$1 " > /dev/null; }
wait_until "the CRL is served" 5 served 8089
wait_until "the OCSP responder is up" 5 served 8088

# What our log says of each, whoever calls.
refusals() {
  ours_says "'stranger.peer.example.org' failed: issuer 'C=CH, O=Lab $PKI_MARK, CN=stranger-ca' of certificate 'C=CH, O=Lab, CN=stranger' is not known"
  ours_says "'expired.peer.example.org' failed: certificate 'C=CH, O=Lab, CN=expired' expired on 2020-02-01"
  ours_says "'future.peer.example.org' failed: certificate 'C=CH, O=Lab, CN=future' is not valid until 2090-01-01"
  ours_says "'self-signed.peer.example.org' failed: certificate 'C=CH, O=Lab, CN=self-signed' is self-signed and not configured"
  ours_says "'loop.peer.example.org' failed: issuer 'C=CH, O=Lab $PKI_MARK, CN=(one|two)' of certificate .* is not known"
  ours_says "'crl-revoked.peer.example.org' failed: certificate 'C=CH, O=Lab, CN=crl-revoked' is revoked"
  ours_says "'ocsp-revoked.peer.example.org' failed: certificate 'C=CH, O=Lab, CN=ocsp-revoked' is revoked"
  ours_says "'no-server.peer.example.org' failed: whether certificate .* is revoked cannot be found out: it names neither"
  ours_says "'dead-server.peer.example.org' failed: whether certificate .* is revoked cannot be found out: neither CRL nor OCSP to be had"
  local name
  for name in good crl-good ocsp-good; do ours_says "authentication of '$name.peer.example.org' with ECDSA with SHA-256 successful"; done
}
three_are_up() { [ "$(swan_sas | grep -c "ESTABLISHED, IKEv2")" = 3 ]; }

start_peer accepting
# The initiator is ours: it learns that the responder is not to be trusted, and says so in an exchange of its own.
start_ours memory
refusals
ours_says "does not match the configured remote id '\\*.elsewhere.example.org'"
wait_until "the three good ones are up and nothing else" 5 three_are_up
wait_until "charon is told of each refusal" 5 peer_says_often "parsed INFORMATIONAL request 2 \[ N\(AUTH_FAILED\) \]" 10
for name in $all; do swan --terminate --ike "$name"; done
wait_until "none is up" 5 test -z "$(swan_sas)"

# The responder is ours.
: > "$WORK/ours.log"
for name in $bad; do check "charon is refused as $name" not swan --initiate --child net --ike "$name" --timeout 5; done
for name in good crl-good ocsp-good; do check "charon comes in as $name" swan --initiate --child net --ike "$name" --timeout 5; done
refusals
ours_says "no connection found for 'somebody-else.peer.example.org'"
wait_until "each refusal is AUTHENTICATION_FAILED" 5 peer_says_often "parsed IKE_AUTH response 1 \[ N\(AUTH_FAILED\) \]" 10
check "the three good ones are up and nothing else" three_are_up
stop_ours
