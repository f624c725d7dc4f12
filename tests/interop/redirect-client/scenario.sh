net_direct
ip -n "$NS_PEER" addr add 192.0.2.5/24 dev eth0
start_peer accepting
start_ours memory
ours_says "CHILD_SA net\{1\} state change: INSTALLING => INSTALLED"
wait_until "charon has the child" 5 peer_has_child net

# we_are_at ADDRESS: by both lists, with one IKE_SA and one child.
we_are_at() {
  local list
  for list in "$(swan_sas)" "$(ours_swan --list-sas)"; do
    [ "$(grep -c "IKEv2" <<< "$list")" = 1 ] && grep -E "^  net: .*INSTALLED" <<< "$list" || return 1
  done
  grep -F "remote 'peer.example.org' @ $1[" <<< "$list"
}

check "we are where we called" we_are_at 192.0.2.2
check "charon sends us on" swan --redirect --ike ours --gateway 192.0.2.5
wait_until "we are where we were sent" 10 we_are_at 192.0.2.5
stop_ours
wait_until "charon has no IKE_SA any more" 5 not peer_has_ike
