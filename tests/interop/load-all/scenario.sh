net_direct
authority root
authority other
certificate root moon p256 "DNS:moon.example.org"
certificate root sun rsa "DNS:sun.example.org"
crl root
mkdir -p "$WORK"/load/{x509,x509ca,x509ocsp,x509aa,x509ac,x509crl,pubkey,private,rsa,ecdsa,pkcs8,pkcs12,bliss}
cp "$WORK"/pki/{moon,sun}.pem "$WORK/load/x509"; cp "$WORK/pki/root/ca.pem" "$WORK/load/x509ca/root.pem"; cp "$WORK/pki/root/crl.pem" "$WORK/load/x509crl"
cp "$WORK/pki/other/ca.pem" "$WORK/load/other.pem"
install -m 600 "$WORK/pki/moon.key" "$WORK/load/private/moon.pem"

# conns CHILD_LINES [MORE_CONNECTIONS [SECRET]]: what swanctl loads.
conns() {
  (umask 077; cat > "$WORK/load/swanctl.conf") <<CONF
connections {
  peer {
    version = 2
    local_addrs = 192.0.2.1
    remote_addrs = 192.0.2.2
    proposals = aes128gcm16-prfsha256-x25519
    dpd_delay = 30s
    local { auth = psk
      id = ours.example.org }
    remote { auth = psk
      id = peer.example.org }
    children {
      net { local_ts = 10.1.0.0/24
        remote_ts = 10.2.0.0/24
        esp_proposals = aes128gcm16
        $1 }
    }
  }
  ${2:-}
}
secrets { ike-peer { id = peer.example.org
    secret = "${3:-$PSK}" } }
authorities { other { cacert = $WORK/load/other.pem
    crl_uris = http://192.0.2.9/other.crl, http://192.0.2.10/other.crl
    ocsp_uris = http://192.0.2.9/ocsp } }
pools { inside { addrs = 10.9.0.0/24
    dns = 10.9.0.1 } }
CONF
}

certs='certs { version = 2
    unique = replace
    rekey_time = 0
    local { auth = pubkey
      certs = moon.pem
      id = moon.example.org }
    remote { auth = pubkey
      id = "C=CH, O=Lab, CN=*"
      revocation = strict
      cacerts = root.pem }
    children { a { mode = transport
        rekey_time = 10m
        rekey_bytes = 500m
        close_action = trap
        dpd_action = restart }
      b { remote_ts = 10.7.0.0/16[tcp], 10.8.0.0/16
        start_action = none } } }'

load() { SWANCTL_DIR="$WORK/load" ours_swan --load-all --noprompt > "$WORK/load.out" 2>&1; }
loaded() { check "swanctl says: $1" grep -qF "$1" "$WORK/load.out"; }
peer_swan() { SWANCTL_DIR="$WORK/load" timeout 10 ip netns exec "$NS_PEER" swanctl "$@" --uri "unix://$WORK/vici.sock"; }
same() { check "swanctl $* says what it says of charon" [ "$(ours_swan "$@" --raw | grep event | sort)" = "$(peer_swan "$@" --raw | grep event | sort)" ]; }
spis() { ours_swan --list-sas --raw | grep -oE 'spi-(in|out)=[0-9a-f]+' | sort; }
has_children() { [ "$(peer_child_count)" = "$1" ]; }
hup() { kill -HUP "$OURS_PID"; }

start_peer accepting
start_ours memory
check "nothing is configured" [ -z "$(ours_swan --list-conns)" ]

conns "" "$certs"
check "swanctl loads everything" load
loaded "successfully loaded 2 connections, 0 unloaded"
loaded "loaded ike secret 'ike-peer'"
loaded "key from '$WORK/load/private/moon.pem'"
check "charon loads the same" peer_swan --load-all --noprompt
check "and the pool" grep -qE "^inside +10.9.0.[01] +0 / 0 / 254" <<< "$(ours_swan --list-pools)"
for list in --list-conns --list-certs --list-authorities; do same $list; done
same --list-certs --type x509 --flag ca
check "three certificates and a revocation list" [ "$(ours_swan --list-certs --raw | grep -c event)" = 5 ]
check "one of them is ours" [ "$(ours_swan --list-certs --raw | grep -c 'has_privkey=yes')" = 1 ]
check "charon takes its own again" swan --load-all -f "$WORK/swanctl/swanctl.conf"

check "swanctl brings up what it has loaded" ours_swan --initiate --child net --timeout 5
wait_until "charon has the child" 5 has_children 1
spis > "$WORK/before"
check "loading the same once more" load
loaded "successfully loaded 2 connections, 0 unloaded"
check "is no change" [ "$(grep -c 'connection peer changed' "$WORK/ours.log")" = 0 ]

conns "rekey_time = 20m }
      more { local_ts = 10.1.1.0/24
        remote_ts = 10.2.1.0/24
        esp_proposals = aes128gcm16"
check "a change is loaded, and what is gone is unloaded" load
loaded "successfully loaded 1 connections, 1 unloaded"
ours_says "connection peer changed"
ours_says "connection certs unloaded"
check "what was up has its SPIs" [ "$(spis)" = "$(cat "$WORK/before")" ]
check "the new child is refused by charon, which does not know it, on the IKE_SA that is there" not ours_swan --initiate --child more --timeout 5
check "there is one IKE_SA" [ "$(ours_swan --list-sas --raw | grep -c uniqueid=1)" = 1 ]

conns "nonsense = yes"
check "a mistake is refused" not load
loaded "loading connection 'peer' failed: connections.peer.children.net.nonsense: unknown key"
check "and changes nothing" grep -qF "more: TUNNEL" <<< "$(ours_swan --list-conns)"

conns "" "" "another-$PSK"
check "another secret is loaded" load
check "what is up stays up" [ "$(spis)" = "$(cat "$WORK/before")" ]
check "swanctl closes the IKE_SA" ours_swan --terminate --ike peer --timeout 5
check "nobody authenticates with the other secret" not ours_swan --initiate --child net --timeout 5
ours_says "received AUTHENTICATION_FAILED"
conns ""
check "the right secret is loaded" load
check "swanctl shows the log of its command" grep -qE "^\[IKE\] .*ESTABLISHED" <<< "$(ours_swan --initiate --child net --timeout 5 2>&1)"

check "a trap is set" ours_swan --install --child net
check "and listed" grep -qF "peer/net, TUNNEL" <<< "$(ours_swan --list-pols)"
check "as charon lists its own" grep -qE "^list-policy event \{peer/net \{child=net ike=peer mode=TUNNEL local-ts=\[10.1.0.0/24\] remote-ts=\[10.2.0.0/24\]\}\}" <<< "$(ours_swan --list-pols --raw)"
check "and removed" ours_swan --uninstall --child net
check "so that there is none" [ -z "$(ours_swan --list-pols)" ]
check "counters are shown" grep -qE "ike-auth-out-req +: 3" <<< "$(ours_swan --counters)"
check "and those of a connection" grep -qE "^peer:" <<< "$(ours_swan --counters --all)"
check "settings are read again" ours_swan --reload-settings
ours_says "settings read again"
check "what was fetched is forgotten" ours_swan --flush-certs

timeout 30 stdbuf -oL swanctl --log --raw --uri "unix://$WORK/ours.sock" > "$WORK/log.out" 2>&1 & PIDS+=($!)
logs() { ours_swan --rekey --child net; grep -qE "group=CHD level=1 ikesa-name=peer ikesa-uniqueid=[0-9]+ msg=CHILD_SA" "$WORK/log.out"; }
wait_until "swanctl --log shows lines with their IKE_SA" 10 logs
spis > "$WORK/before"
cat > "$WORK/ours.conf" <<CONF
connections {
  own {
    remote_adrs = 192.0.2.2
  }
}
CONF
hup
ours_says "ours.conf:3: connections.own.remote_adrs: unknown key, did you mean 'remote_addrs'\?"
ours_says "the configuration stays as it was"
check "and it does" grep -q "^peer: IKEv2" <<< "$(ours_swan --list-conns)"
printf 'connections { own { remote_addrs = 192.0.2.2\n local { auth = psk }\n remote { auth = psk } } }\n' > "$WORK/ours.conf"
hup
ours_says "connection own loaded"
check "our own file is all that is configured" [ "$(ours_swan --list-conns --raw | grep -c event)" = 1 ]
check "what was up has its SPIs" [ "$(spis)" = "$(cat "$WORK/before")" ]
stop_ours
check "no secret was ever told" not grep -qF "$PSK" "$WORK/ours.log" "$WORK/load.out"
