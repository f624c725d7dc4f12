# The hosts that the pages of docs/ speak of: each a network namespace with its own /etc, /run, /var/lib and host name. Sourced anew for each step that a page asks of the
# lab, with LAB (the beginning of the namespaces' names), WORK (a folder of the page's own) and ROOT; what it must remember lies in WORK.
# shellcheck shell=bash

readonly PROGRAM="$ROOT/src/Concentrator/bin/Release/net10.0/concentrator.dll"
readonly CHARON_BASE="random nonce aes sha1 sha2 hmac kdf gmp curve25519 openssl gcm chapoly pem pkcs1 pkcs8 x509 pubkey revocation"
readonly PG_BIN=/usr/lib/postgresql/15/bin

# host NAME ADDRESS/PREFIX…: a host with its end of a cable in the bridge that all share.
host() {
  local name=$1 ns="$LAB$1" address; shift
  if ! ip netns list | grep "^${LAB}br\b" > /dev/null; then ip netns add "${LAB}br"; ip -n "${LAB}br" link add br0 type bridge; ip -n "${LAB}br" link set br0 up; fi
  ip netns add "$ns"
  ip -n "$ns" link set lo up
  ip link add eth0 netns "$ns" type veth peer name "$name" netns "${LAB}br"
  ip -n "${LAB}br" link set "$name" master br0 up
  for address in "$@"; do ip -n "$ns" addr add "$address" dev eth0; done
  ip -n "$ns" link set eth0 up
  mkdir -p "$WORK/$name"
  # It holds the host's name and folders until the page is over.
  ip netns exec "$ns" unshare -m -u --propagation private bash -c "
    set -e
    hostname $name
    mount -t tmpfs tmpfs '$WORK/$name'; mkdir '$WORK/$name/etc' '$WORK/$name/work'
    mount -t overlay overlay -o 'lowerdir=/etc,upperdir=$WORK/$name/etc,workdir=$WORK/$name/work' /etc
    for folder in /run /var/lib /root; do mount -t tmpfs tmpfs \$folder; done
    mkdir /etc/concentrator /var/lib/concentrator
    echo \$\$ > '$WORK/$name.pid'
    exec sleep 600" > "$WORK/$name.out" 2>&1 &
  eventually 5 "host $name" test -s "$WORK/$name.pid"
}

# route_each_other A B: what is not on a host's own network goes to the other.
route_each_other() {
  local a b
  a=$(ip -n "$LAB$1" -4 -o addr show dev eth0 | awk '{ sub("/.*", "", $4); print $4; exit }')
  b=$(ip -n "$LAB$2" -4 -o addr show dev eth0 | awk '{ sub("/.*", "", $4); print $4; exit }')
  ip -n "$LAB$1" route add default via "$b"
  ip -n "$LAB$2" route add default via "$a"
}

# on NAME COMMAND…: on a host.
on() {
  local name=$1; shift
  nsenter -t "$(cat "$WORK/$name.pid")" -m -n -u -- env -i PATH="$WORK/bin:/usr/sbin:/usr/bin:/sbin:/bin" HOME=/root LANG=C.UTF-8 TERM=dumb DOTNET_ROOT="${DOTNET_ROOT:-}" "$@"
}

# eventually SECONDS WHAT COMMAND…
eventually() {
  local end=$((SECONDS + $1)) what=$2; shift 2
  until "$@" > /dev/null 2>&1; do
    [ $SECONDS -lt $end ] || { echo "$what: waited too long"; return 1; }
    read -rt 0.1 <> <(:) || true
  done
}

# put NAME FILE < text: a file on a host, its owner's alone.
put() { on "$1" bash -c "umask 077; mkdir -p '$(dirname "$2")'; cat > '$2'"; }

# key: the page's pre-shared key.
key() {
  [ -s "$WORK/psk" ] || (umask 077; echo "k$(head -c 18 /dev/urandom | base64)" > "$WORK/psk")
  cat "$WORK/psk"
}

# connection NAME US OURS PEER THEIRS PEER'S-ADDRESS [line in the child]: what a gateway needs for a tunnel, as text. OURS and THEIRS are networks.
connection() {
  cat <<CONF
connections {
  $1 {
    remote_addrs = $6
    local {
      auth = psk
      id = $2.example.org
    }
    remote {
      auth = psk
      id = $4.example.org
    }
    children {
      net {
        local_ts = $3
        remote_ts = $5
        ${7:-}
      }
    }
  }
}
secrets {
  ike-lab {
    secret = $(key)
  }
}
CONF
}

# What systemd does where there is one.
# start_gateway NAME [flag…]: as concentrator.service has it, in the folder where an appsettings.json may lie.
start_gateway() {
  local name=$1; shift
  : > "$WORK/$name.log"
  on "$name" bash -c 'echo $$ > "$1"; shift; cd /etc/concentrator && exec concentrator serve --config /etc/concentrator/swanctl.conf "$@"' serve "$WORK/$name.gateway" "$@" >> "$WORK/$name.log" 2>&1 &
  # The last thing that it opens.
  eventually 40 "the gateway on $name" grep "http listens" "$WORK/$name.log" || { cat "$WORK/$name.log"; return 1; }
}

stop_gateway() {
  local pid; pid=$(cat "$WORK/$1.gateway")
  kill -TERM "$pid"
  eventually 10 "the end of the gateway on $1" bash -c "! kill -0 $pid"
}

# start_charon NAME: strongSwan with ESP in user space, for the kernel may have none, at its usual place.
start_charon() {
  put "$1" /etc/strongswan.conf <<CONF
charon {
  load = $CHARON_BASE kernel-libipsec kernel-netlink socket-default vici
  filelog { lab { path = $WORK/$1.charon.log
    flush_line = yes } }
}
CONF
  on "$1" /usr/lib/ipsec/charon > "$WORK/$1.charon.out" 2>&1 &
  eventually 10 "charon on $1" on "$1" test -S /run/charon.vici
}

stop_charon() {
  local pid; pid=$(ip netns pids "$LAB$1" | while read -r one; do [ "$(cat "/proc/$one/comm")" != charon ] || echo "$one"; done)
  kill -TERM "$pid"
  eventually 10 "the end of charon on $1" bash -c "! kill -0 $pid"
}

# start_postgres NAME: a database on a host, and what its clients need to know in POSTGRES; the password is the lab's.
start_postgres() {
  local name=$1 password dir="$WORK/pg"
  password=$(head -c 18 /dev/urandom | base64 | tr -d '+/')
  install -d -o postgres -m 700 "$dir"
  (umask 077; echo "$password" > "$WORK/pgpw"; echo "*:*:*:concentrator:$password" > "$WORK/pgpass")
  chown postgres "$WORK/pgpw"
  runuser -u postgres -- "$PG_BIN/initdb" -D "$dir" -U concentrator -A scram-sha-256 --no-sync --pwfile="$WORK/pgpw" > "$WORK/pg.log" 2>&1
  echo "host all all 192.0.2.0/24 scram-sha-256" >> "$dir/pg_hba.conf"
  ip netns exec "$LAB$name" runuser -u postgres -- "$PG_BIN/postgres" -D "$dir" -h '*' -k "$dir" -c fsync=off >> "$WORK/pg.log" 2>&1 &
  eventually 15 "PostgreSQL" ip netns exec "$LAB$name" "$PG_BIN/pg_isready" -q -h "$(ip -n "$LAB$name" -4 -o addr show dev eth0 | awk '{ sub("/.*", "", $4); print $4; exit }')"
}

# lab_down: everything that was made; whatever is not there is not missed.
lab_down() {
  local ns
  for ns in $(ip netns list | cut -d' ' -f1 | grep "^${LAB}[a-z]"); do
    ip netns pids "$ns" 2> /dev/null | xargs -r kill -KILL 2> /dev/null
    ip netns del "$ns" 2> /dev/null
  done
  true
}
