net_direct
start_peer accepting
start_ours memory --retransmit-tries 1
ours_says "CHILD_SA gone\{3\} state change: INSTALLING => INSTALLED"

# The peer closes one child after the other.
swan --terminate --child again
ours_says "CHILD_SA again is tried again in [01]\.[0-9] s"
ours_says "CHILD_SA again\{4\} state change: INSTALLING => INSTALLED"
swan --terminate --child trapped
ours_says "trap peer/trapped set"
swan --terminate --child gone
ours_says "CHILD_SA gone\{3\} state change: DELETING => DESTROYING"

# It dies, and comes back knowing nothing.
kill -KILL "$PEER_PID"; wait "$PEER_PID" 2>/dev/null
start_peer accepting
ours_says "giving up after 1 retransmits" 20
ours_says "CHILD_SA again\{5\} state change: INSTALLING => INSTALLED" 20
wait_until "the peer has the child again" 5 peer_has_child again
check "it has no other" [ "$(peer_child_count)" = 1 ]

# It deletes the IKE_SA.
swan --terminate --ike ours
ours_says "received DELETE for IKE_SA peer"
ours_says "CHILD_SA again\{6\} state change: INSTALLING => INSTALLED" 15
ours_never_says "CHILD_SA (trapped|gone)\{[4-9]"
stop_ours
