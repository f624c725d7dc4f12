net_direct
start_peer accepting
start_ours memory
check "charon can bring up the first" swan --initiate --child net
check "charon can bring up the second" swan --initiate --child second
ours_says "CHILD_SA second\{2\} state change: INSTALLING => INSTALLED"
check "charon can close the first" swan --terminate --child net
ours_says "CHILD_SA net\{1\} state change: DELETING => DESTROYING"
ours_never_says "IKE_SA peer.* => DESTROYING"
check "charon still has the second" peer_has_child second
check "charon can close the IKE_SA" swan --terminate --ike ours
ours_says "CHILD_SA second\{2\} state change: DELETING => DESTROYING"
ours_says "IKE_SA peer\[1\] state change: ESTABLISHED => DESTROYING"
stop_ours
