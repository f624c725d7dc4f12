IN_GUESTS="1 2"
. "$ROOT/tests/cluster/lib/guests.sh"
SCENARIO="$HERE/failover"
. "$SCENARIO/scenario.sh"
