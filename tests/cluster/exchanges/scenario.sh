# Each exchange is cut at each of three peers, in tunnels of their own: once with a cipher under which message ids go on from the row after a take-over, and once with one
# under which they are agreed upon anew. The tunnel of number K has 10.1.K.0/24 behind it, and its second child, where it has one, 10.1.(100 + K).0/24.
TUNNELS=()
for exchange in auth create rekey-child rekey-ike delete-child delete-ike alive; do for cipher in aead cbc; do TUNNELS+=("$exchange-$cipher"); done; done

# tunnels_of N [but PATTERN]: peer 1 is the one that is asked, and nobody is asked to authenticate. Two are left out (see README.md).
tunnels_of() {
  local tunnel
  for tunnel in "${TUNNELS[@]}"; do
    # shellcheck disable=SC2053
    if [[ $1-$tunnel = @(1-auth-*|3-@(rekey|delete)-ike-cbc) || -n ${3:-} && $tunnel = ${3:-} ]]; then continue; fi
    echo "$tunnel"
  done
}

number_of() { local k; for k in "${!TUNNELS[@]}"; do if [ "${TUNNELS[k]}" = "$1" ]; then echo $((k + 1)); fi; done; }

# peer_connection N TUNNEL: as charon N has it.
peer_connection() {
  local k; k=$(number_of "$2")
  echo "$2 : ${2##*-} {"
  [[ $2 != alive-* ]] || echo "dpd_delay = 1s"
  printf '%s\n' "local {" "id = $2.p$1.example.org" "}" "children {" "net : tunnel {" "remote_ts = 10.1.$k.0/24" "}"
  [[ $2 != @(create|delete-child)-* ]] || printf '%s\n' "more : tunnel {" "remote_ts = 10.1.$((100 + k)).0/24" "}"
  printf '%s\n' "}" "}"
}

# our_connection TUNNEL: what we begin ourselves has a name here.
our_connection() {
  local k; k=$(number_of "$1")
  echo "$1 : connections.branch {"
  [[ $1 != alive-* ]] || echo "dpd_delay = 2s"
  printf '%s\n' "remote {" "id = $1.p1.example.org" "}" "children {" "net {" "local_ts = 10.1.$k.0/24" "}"
  [[ $1 != @(create|delete-child)-* ]] || printf '%s\n' "more : connections.branch.children.net {" "local_ts = 10.1.$((100 + k)).0/24" "remote_ts = 10.2.1.0/24" "}"
  printf '%s\n' "}" "}"
}

for tunnel in $(tunnels_of 1); do our_connection "$tunnel" >> "$WORK/named.conf"; done
for n in 1 2 3; do
  mkdir -p "$WORK/peer$n"
  for tunnel in $(tunnels_of $n); do peer_connection $n "$tunnel" >> "$WORK/peer$n/connections.conf"; done
done

net_nodes 3
start_postgres
store_in_postgres
KERNEL=${KERNEL:-userspace}
FLAGS+=(--retransmit-timeout 1 --retransmit-tries 4)
for i in "${NODES[@]}"; do ip -n "$(node_ns "$i")" addr add 10.1.0.1/16 dev lo; done
start_nodes
held_within 12 "each node has an address" even 1 2 3
for n in 1 2 3; do start_charon $n "retransmit_base = 1.4
  retransmit_tries = 6
  threads = 48
  filelog { lab { ike_name = yes } }"; done

# bring_up N: all but what is to be cut at its beginning.
bring_up() {
  local tunnel
  for tunnel in $(tunnels_of "$1" but 'auth-*'); do
    charon_do "$1" --initiate --ike "$tunnel" --child net || return 1
    if [[ $tunnel = delete-child-* ]]; then charon_do "$1" --initiate --ike "$tunnel" --child more || return 1; fi
  done
}

# all_reach N [but PATTERN]
all_reach() {
  local tunnel
  for tunnel in $(tunnels_of "$@"); do reaches "$1" "10.2.$1.1" "10.1.$(number_of "$tunnel").1" || return 1; done
}

up=()
for n in 1 2 3; do bring_up $n > "$WORK/up.$n" 2>&1 & up[n]=$!; PIDS+=($!); done
for n in 1 2 3; do check "peer $n brings up its tunnels" wait "${up[n]}"; done
for n in 1 2 3; do wait_until "all tunnels of peer $n carry" 10 all_reach $n but 'auth-*'; done

# shape_of N: a line for each IKE_SA of charon's: connection, state, children with theirs.
shape_of() {
  charon_do "$1" --list-sas | awk '
    function tell() { if (ike != "") print ike children | "sort" }
    /^[a-z]/ { tell(); sub(":", "", $1); sub(",", "", $3); ike = $1 " " $3; children = "" }
    /^  [a-z]+: #/ { sub(":", "", $1); sub(",", "", $5); children = $1 == "net" ? children " " $1 ":" $5 : " " $1 ":" $5 children }
    END { tell() }'
}

# wanted_of N: as it should be in the end.
wanted_of() {
  local tunnel
  for tunnel in $(tunnels_of "$1" but 'delete-ike-*'); do
    if [[ $tunnel = create-* ]]; then echo "$tunnel ESTABLISHED more:INSTALLED net:INSTALLED"; else echo "$tunnel ESTABLISHED net:INSTALLED"; fi
  done | sort
}

# spis SIDE: of each IKE_SA and child in a list of SAs, the same from both sides.
spis() {
  awk -v theirs="$1" '
    /^[a-z].*IKEv2/ { gsub(/_[ir]\*?/, ""); print "ike", ($5 < $6 ? $5 " " $6 : $6 " " $5) }
    /^    in / { into = substr($2, 1, 8) }
    /^    out / { out = substr($2, 1, 8); print "child", (theirs == "theirs" ? into " " out : out " " into) }' | sort
}

our_sas() { timeout 15 swanctl "${@:2}" --uri "unix://$WORK/n$1.sock"; }

# agreed N: node N and the peers have the same SAs, no less and no more; in which they differ is in $WORK/differ.
agreed() { diff <(our_sas "$1" --list-sas | spis ours) <(for n in 1 2 3; do charon_do $n --list-sas; done | spis theirs) > "$WORK/differ"; }

victim=$(holders 192.0.2.101)
# shellcheck disable=SC2046
others=$(for i in 1 2 3; do [ "$i" = "$victim" ] || echo "$i"; done)
wait_until "both sides have the same SAs" 10 agreed "$victim"
declare -A IKE INITIATOR
for n in 1 2 3; do
  for tunnel in $(tunnels_of $n but 'auth-*'); do
    IKE[$n $tunnel]=$(ike_of $n "$tunnel" | spis theirs)
    INITIATOR[$n $tunnel]=$(ike_of $n "$tunnel" | sed -nE 's/.* ([0-9a-f]{16})_i.*/\1/p')
    check "the SPIs of $tunnel at peer $n are known" [ ${#INITIATOR[$n $tunnel]} = 16 -a -n "${IKE[$n $tunnel]}" ]
  done
done
children=$(for n in 1 2 3; do charon_do $n --list-sas | spis theirs | grep child; done)

# What the nodes and the peers say, where it enters the bridge: before it is kept from anybody.
ip netns exec "${NS}b" tcpdump -i any -Q in --immediate-mode -U -s 2048 -B 8192 -w "$WORK/bridge.pcap" 'udp port 500 or (udp port 4500 and udp[8:4] = 0)' > "$WORK/tcpdump.bridge" 2>&1 &
PIDS+=($!)
wait_until "tcpdump listens" 5 grep "listening on" "$WORK/tcpdump.bridge"

# From now on the node hears none of peer 1's answers, and no IKE_AUTH of peer 3; peer 2 hears none of the node's. ESP passes.
ip netns exec "${NS}b" nft -f - <<NFT
table bridge cut {
  chain forward {
    type filter hook forward priority 0;
    iifname "p1" oifname "n$victim" udp dport 4500 @th,64,32 0 drop
    iifname "n$victim" oifname "p2" udp sport 4500 @th,64,32 0 drop
    iifname "p3" oifname "n$victim" udp dport 4500 @th,64,32 0 @th,240,8 35 drop
  }
}
NFT
cut=$(date +%s.%N)
# in_ms SECONDS: with nine places behind the point.
in_ms() { echo "${1%??????????}${1: -9:3}"; }
for n in 1 2 3; do MARK[n]=$(wc -l < "$WORK/peer$n/charon.log"); done

# said N TUNNEL PATTERN: by charon N since then.
said() { tail -n "+$((MARK[$1] + 1))" "$WORK/peer$1/charon.log" | grep -E "<$2\|[0-9]+> $3" > /dev/null; }

# all_said N PATTERN [but PATTERN]
all_said() { local tunnel; for tunnel in $(tunnels_of "$1" "${@:3}"); do said "$1" "$tunnel" "$2" || return 1; done; }

# we_ask TUNNEL: what peer 1's answer to will not be heard. That it lives we ask by ourselves.
we_ask() {
  case $1 in
    create-*) our_sas "$victim" --initiate --ike "$1" --child more ;;
    rekey-child-*) our_sas "$victim" --rekey --ike "$1" --child net ;;
    rekey-ike-*) our_sas "$victim" --rekey --ike "$1" ;;
    delete-child-*) our_sas "$victim" --terminate --ike "$1" --child more ;;
    delete-ike-*) our_sas "$victim" --terminate --ike "$1" ;;
  esac
}

# charon_asks N TUNNEL: until it is answered, however long that takes.
charon_asks() {
  local what
  case $2 in
    auth-*) what="--initiate --child net" ;;
    create-*) what="--initiate --child more" ;;
    rekey-child-*) what="--rekey --child net" ;;
    rekey-ike-*) what="--rekey" ;;
    delete-child-*) what="--terminate --child more" ;;
    delete-ike-*) what="--terminate" ;;
    alive-*) return ;;
  esac
  # shellcheck disable=SC2086
  timeout 60 ip netns exec "$(peer_ns "$1")" swanctl $what --ike "$2" --uri "unix://$WORK/peer$1/vici.sock"
}

# ask COMMAND… TUNNEL, of them all at once; what they say is in asked.*.
declare -A ASKED
ask() {
  local n=$1 tunnel=$2; shift 2
  "$@" "$tunnel" > "$WORK/asked.$n.$tunnel" 2>&1 &
  ASKED[$n $tunnel]=$!; PIDS+=($!)
}

for tunnel in $(tunnels_of 1); do ask 1 "$tunnel" we_ask; done
for tunnel in $(tunnels_of 2); do ask 2 "$tunnel" charon_asks 2; done
for tunnel in $(tunnels_of 3); do [[ $tunnel != auth-* ]] || ask 3 "$tunnel" charon_asks 3; done

# messages PEER FILTER FIELD…: between the gateway and peer N since the cut, as they entered the bridge.
messages() {
  local filter="ip.addr == 192.0.2.2$1 && frame.time_epoch >= $cut && $2" field fields=(); shift 2
  for field in "$@"; do fields+=(-e "$field"); done
  tshark -r "$WORK/bridge.pcap" -Y "$filter" -T fields "${fields[@]}" 2>/dev/null
}

# answered PEER: in how many IKE_SAs the node has answered it, behind the cut. Of an IKE_SA_INIT no answer is kept away.
answered() { messages "$1" "udp.port == 4500 && isakmp.flag_r == 1 && ip.src == 192.0.2.101" isakmp.ispi | sort -u | wc -l; }

all_answered() { [ "$(answered 2)" = "$(tunnels_of 2 | wc -l)" ]; }

wait_until "peer 1 has answered all" 10 all_said 1 "generating (CREATE_CHILD_SA|INFORMATIONAL) response"
wait_until "peer 2 has been answered" 10 all_answered
wait_until "peer 3 authenticates" 10 all_said 3 "generating IKE_AUTH request" but '!(auth-*)'

# Peer 3 asks a node that stands still, which then is killed.
kill_node "$victim" STOP
for tunnel in $(tunnels_of 3 but 'auth-*'); do ask 3 "$tunnel" charon_asks 3; done
wait_until "peer 3 has asked" 5 all_said 3 "generating (CREATE_CHILD_SA|INFORMATIONAL|IKE_AUTH) request"
killed=$(date +%s.%N)
kill_node "$victim"
echo "   $NAME: from the first request to the death $(($(in_ms "$killed") - $(in_ms "$cut"))) ms"

# Another node goes on with all of them, and charon's view decides.
# shellcheck disable=SC2086
held_within 6 "the address is elsewhere" all_held $others
# shellcheck disable=SC2086
heir=$(holders 192.0.2.101 $others)

ends_well() { [ "$(shape_of "$1")" = "$(wanted_of "$1")" ]; }

# has_ended N: but for children that were replaced by new ones a moment ago, as all are after a take-over.
has_ended() { [ "$(shape_of "$1" | sed 's/ [a-z]*:REKEYED//g')" = "$(wanted_of "$1")" ]; }

renewed() { [ -z "$(for n in 1 2 3; do charon_do $n --list-sas | spis theirs; done | grep -Fx "$children")" ]; }

for n in 1 2 3; do
  wait_until "all exchanges of peer $n have ended" 45 has_ended $n
  took=$(($(now) - $(in_ms "$killed")))
  echo "   $NAME: all exchanges of peer $n have ended $took ms after the death"
  check "all exchanges of peer $n end within 45 s (it took $took ms)" [ $took -le 45000 ]
done
wait_until "all children that were there have new keys" 25 renewed
for n in 1 2 3; do wait_until "there is one of each at peer $n, and nothing else" 15 ends_well $n; done
wait_until "both sides have the same SAs, no less and no more" 15 agreed "$heir"
for n in 1 2 3; do check "all tunnels of peer $n carry" all_reach $n but 'delete-ike-*'; done
for n in 2 3; do for tunnel in create-aead create-cbc; do check "the second child of $tunnel at peer $n carries" reaches $n "10.2.$n.1" "10.1.$((100 + $(number_of $tunnel))).1"; done; done
for n in 1 2 3; do
  for tunnel in $(tunnels_of $n but '@(auth|delete-ike)-*'); do
    if [[ $tunnel = rekey-ike-* ]]; then check "$tunnel is a new IKE_SA at peer $n" not [ "$(ike_of $n "$tunnel" | spis theirs)" = "${IKE[$n $tunnel]}" ]
    else check "$tunnel is the same IKE_SA at peer $n" [ "$(ike_of $n "$tunnel" | spis theirs)" = "${IKE[$n $tunnel]}" ]; fi
  done
done

# What was under way was repeated octet by octet: where ids are exact nothing else may have the id, and a second message under one IV would give the key away.
# gateway_sent N FLAG: requests (0) or responses (1) to peer N: time, the initiator's SPI, message id, octets.
gateway_sent() { messages "$1" "udp.port == 4500 && ip.src == 192.0.2.101 && isakmp.flag_r == $2" frame.time_epoch isakmp.ispi isakmp.messageid udp.payload; }

repeated() { gateway_sent "$1" "$2" | awk -v killed="$killed" '$1 < killed { before[$4] } $1 >= killed && $4 in before { print $2 }'; }


asked=$(repeated 1 0) answered=$(repeated 2 1)
for tunnel in $(tunnels_of 1 but '*-cbc'); do check "what we asked in $tunnel is asked once more, octet by octet" grep "${INITIATOR[1 $tunnel]}" <<< "$asked"; done
for tunnel in $(tunnels_of 2 but '@(auth-*|delete-ike-*|*-cbc)'); do check "what we answered in $tunnel is answered once more, octet by octet" grep "${INITIATOR[2 $tunnel]}" <<< "$answered"; done

# ivs_used_twice N: of different messages to peer N in one IKE_SA of those with an AEAD. The IV follows the marker, the header and that of the SK payload.
ivs_used_twice() {
  local tunnel exact=""
  for tunnel in $(tunnels_of "$1" but '@(auth-*|*-cbc)'); do exact+=" ${INITIATOR[$1 $tunnel]}"; done
  { gateway_sent "$1" 0; gateway_sent "$1" 1; } | awk -v exact="$exact" 'index(exact, $2) && !seen[$4]++ { print $2, substr($4, 73, 16) }' | sort | uniq -d
}

for n in 1 2 3; do check "no IV is used for two messages to peer $n: $(ivs_used_twice $n | head -n 3)" [ -z "$(ivs_used_twice $n)" ]; done

# Nobody authenticates anew but who was not done with it.
began_anew() { messages "$1" "frame.time_epoch >= $killed && $2" isakmp.ispi | sort -u | wc -l; }
check "peer 1 authenticates nothing anew" [ "$(began_anew 1 "isakmp.exchangetype <= 35")" = 0 ]
check "peer 2 gets the answers to what it had asked" [ "$(began_anew 2 "isakmp.exchangetype == 34")" = 0 ]
check "peer 3 begins the two anew of which nobody knows" [ "$(began_anew 3 "isakmp.exchangetype == 34")" = 2 ]
