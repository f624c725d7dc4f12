net_nodes 3
start_postgres
store_in_postgres
behind_nodes 10.1.1.1
KERNEL=${KERNEL:-userspace}
start_nodes
held_within 12 "each node has an address" even 1 2 3
start_charon 1
check "the peer's tunnel is up" charon_do 1 --initiate --child net1
wait_until "and carries" 5 reaches 1 10.2.1.1 10.1.1.1
ike=$(ike_of 1 to1)

# others_of N: of three.
others_of() { local i; for i in 1 2 3; do [ "$i" = "$1" ] || echo "$i"; done; }

# nothing_left N: what was the tunnel's node has no address, no route into the tunnel, and no session.
nothing_left() { [ -z "$(for a in "${SERVICE[@]}"; do holders "$a" "$1"; done)" ] && [ -z "$(ip -n "$(node_ns "$1")" route show table 4500 | grep "dev esp")" ]; }

# went_on WHAT: the tunnel has survived.
went_on() {
  wait_until "after $1 the tunnel answers" 15 reaches 1 10.2.1.1 10.1.1.1
  local gap; gap=$(ping_gap "$2")
  echo "   $NAME: longest gap after $1: $gap ms"
  check "after $1 pings miss less than $3 ms (longest gap: $gap ms)" [ "$gap" -lt "$3" ]
  check "after $1 charon has the same IKE_SA" [ "$(ike_of 1 to1)" = "$ike" ]
}

# The database goes and comes.
holder=$(holders 192.0.2.101)
ping_start store 10.1.1.1 10.2.1.1
stop_postgres
check "no new tunnel without the database" not charon_do 1 --initiate --child other --timeout 3
node_says "$holder" "the session store cannot be had: existing tunnels go on, new ones are refused"
start_postgres
wait_until "a new one when it is back" 20 charon_do 1 --initiate --child other --timeout 5
went_on "the database's restart" store 1500

begun=$(date +%s.%N)

# Both halves are alive, but do not hear each other; peers and the database reach both.
cut=$(holders 192.0.2.101)
ping_start cut 10.1.1.1 10.2.1.1
part "$cut"
# shellcheck disable=SC2046
held_within 8 "the larger half has all addresses" all_held $(others_of "$cut")
wait_until "the smaller half has nothing left" 10 nothing_left "$cut"
went_on "a partition" cut 12000
node_says "$cut" "no member of its cluster any more" 20
heal
held_within 25 "the lost node is back" even 1 2 3
wait_until "and the tunnel answers" 15 reaches 1 10.2.1.1 10.1.1.1

# A node stands still for ten seconds, and wakes believing that nothing has happened.
ping_start slow 10.1.1.1 10.2.1.1
slow=$(holders 192.0.2.101)
kill_node "$slow" STOP
# shellcheck disable=SC2046
held_within 8 "a node stands still, and its address is elsewhere" all_held $(others_of "$slow")
check "its kernel took it from it" [ -z "$(holders 192.0.2.101 "$slow")" ]
read -rt 5 -u "$NEVER" || true
kill_node "$slow" CONT
wait_until "the zombie has nothing left" 10 nothing_left "$slow"
node_says "$slow" "no member of its cluster any more" 20
went_on "a node that stood still" slow 12000
held_within 25 "it is back" even 1 2 3
check "charon authenticated nothing anew: $(asked_anew 1 "$begun" | head -n 3)" [ -z "$(asked_anew 1 "$begun")" ]
