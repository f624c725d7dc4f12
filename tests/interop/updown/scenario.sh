. "$ROOT/tests/interop/lib/userspace.sh"
net_direct
inner_ipv6
cp "$SCENARIO"/*.conf "$WORK/"; sed -i "s|@WORK@|$WORK|" "$WORK"/*.conf
SCENARIO=$WORK
cat > "$WORK/updown.sh" <<SH
#!/bin/sh
# A run is one line, so that runs at once do not mix.
{ env | grep -E '^PLUTO_' | sort | tr '\n' ' '; echo; } >> "$WORK/\$1.runs"
env > "$WORK/\$1.env"
echo "\$1 \$2 says \$PLUTO_VERB"
SH
cat > "$WORK/stuck.sh" <<SH
#!/bin/sh
echo \$\$ >> "$WORK/stuck.pids"
sleep 300 &
echo \$! >> "$WORK/stuck.pids"
wait
SH
chmod 700 "$WORK"/*.sh
mv "$WORK/ours.conf" "$WORK/ours.conf.in"
start_peer accepting "load = $CHARON_BASE kernel-libipsec kernel-netlink socket-default updown vici"
export CONCENTRATOR__UPDOWNTIMEOUT=2 SECRET_OF_OURS=leaks
(umask 077; sed "s|@PSK@|$PSK|" "$WORK/ours.conf.in" > "$WORK/ours.conf")
HOME=$WORK ip netns exec "$NS_OURS" dotnet "$PROGRAM" serve --config "$WORK/ours.conf" --kernel memory --vici "$WORK/ours.sock" --http none >> "$WORK/ours.log" 2>&1 &
OURS_PID=$!; PIDS+=("$OURS_PID")
ours_says "ready: listening" 20

none_alive() { local pid; while read -r pid; do dead "$pid" || return; done < "$1"; }
runs() { [ "$(grep -c "PLUTO_VERB=$2" "$WORK/$1.runs" 2>/dev/null)" = "$3" ]; }
value() { grep -oE "(^| )$2=[^ ]*" "$WORK/$1.first" | cut -d= -f2-; }
# Who gave an address and who has it are on different sides.
names() { grep -oE 'PLUTO_[A-Z0-9_]+' "$1" | sed -E 's/(MY|PEER)_SOURCEIP/SOURCEIP/' | sort -u; }

check "our child comes up" ours_swan --initiate --child net --timeout 8
wait_until "our script has run, once for each pair of networks" 5 runs ours up-client 2
wait_until "charon's too" 5 runs peer up-client 2
ours_says 'updown net up: ours one says up-client-v6$'
for side in ours peer; do grep "PLUTO_VERB=up-client " "$WORK/$side.runs" > "$WORK/$side.first"; grep "PLUTO_VERB=up-client-v6 " "$WORK/$side.runs" > "$WORK/$side.v6"; done
# The device of charon's end is the one of its own user space.
check "the names are charon's" [ "$(names "$WORK/ours.first")" = "$(names "$WORK/peer.first")" ]
for name in VERSION VERB CONNECTION REQID PROTO UNIQUEID MY_PROTOCOL PEER_PROTOCOL; do
  check "both say the same of PLUTO_$name" [ "$(value ours "PLUTO_$name")" = "$(value peer "PLUTO_$name")" ]
done
for name in '' _ID _CLIENT _PORT; do
  mine=MY$name; [ -n "$name" ] || mine=ME
  check "what is our PLUTO_$mine is charon's PLUTO_PEER$name" [ "$(value ours "PLUTO_$mine")" = "$(value peer "PLUTO_PEER$name")" ]
  check "what is our PLUTO_PEER$name is charon's PLUTO_$mine" [ "$(value ours "PLUTO_PEER$name")" = "$(value peer "PLUTO_$mine")" ]
done
for name in SOURCEIP SOURCEIP4_1; do check "our PLUTO_MY_$name is charon's PLUTO_PEER_$name" [ "$(value ours PLUTO_MY_$name)" = "$(value peer PLUTO_PEER_$name)" ]; done
check "and is of charon's pool" [ "$(value ours PLUTO_MY_SOURCEIP)" = 10.3.0.1 ]
check "ESP goes in UDP to the peer's port" [ "$(value ours PLUTO_UDP_ENC)" = 4500 ]
for side in ours peer; do mv "$WORK/$side.v6" "$WORK/$side.first"; done
check "of IPv6: our network" [ "$(value ours PLUTO_MY_CLIENT)" = "$(value peer PLUTO_PEER_CLIENT)" ]
check "of IPv6: the peer's network" [ "$(value ours PLUTO_PEER_CLIENT)" = "$(value peer PLUTO_MY_CLIENT)" ]
check "of IPv6: the port" [ "$(value ours PLUTO_PEER_PORT)" = "$(value peer PLUTO_MY_PORT)" ]
check "of IPv6: the protocol" [ "$(value ours PLUTO_PEER_PROTOCOL)" = "$(value peer PLUTO_MY_PROTOCOL)" ]
check "nothing of our own environment is in it" not grep -qE 'SECRET_OF_OURS|DOTNET|CONCENTRATOR' "$WORK/ours.env"

check "a second child comes up" ours_swan --initiate --child two --timeout 8
wait_until "its script has run" 5 runs ours up-client 3
check "a rekeying" ours_swan --rekey --child net
ours_says "CHILD_SA net rekeyed by us"
ours_says 'CHILD_SA net\{1\} state change: DELETING => DESTROYING' 10
check "runs nothing" [ "$(wc -l < "$WORK/ours.runs")" = 3 ]

check "a script that hangs does not hold its child up" ours_swan --initiate --child stuck --timeout 8
wait_until "it runs" 5 [ -s "$WORK/stuck.pids" ]
check "meanwhile others go on" ours_swan --terminate --child two --timeout 8
wait_until "its script has run" 5 runs ours "down-client " 1
ours_says "updown stuck up failed: killed"
wait_until "what it started is dead as well" 5 none_alive "$WORK/stuck.pids"

check "our IKE_SA goes" ours_swan --terminate --ike peer --timeout 8
wait_until "our script has run for what went" 5 runs ours down-client 3
wait_until "charon's too" 5 runs peer down-client 3
check "up came before down" [ "$(grep 'CONNECTION=net ' "$WORK/ours.runs" | grep -oE 'PLUTO_VERB=(up|down)-client ' | tr -d '\n')" = "PLUTO_VERB=up-client PLUTO_VERB=down-client " ]
stop_ours
