PERIOD=4
net_esp
start_peer kernel
# Another program's, in every respect that is not ours to choose like ours.
KEY=0x000102030405060708090a0b0c0d0e0f10111213
foreign() { ip -n "$NS_OURS" xfrm "$@"; }
foreign state add src 192.0.2.1 dst 192.0.2.2 proto esp spi 0xc0ffee01 reqid 0x40000001 mode tunnel aead 'rfc4106(gcm(aes))' $KEY 128
foreign state add src 192.0.2.2 dst 192.0.2.1 proto esp spi 0xc0ffee02 reqid 0x40000001 mode tunnel aead 'rfc4106(gcm(aes))' $KEY 128
foreign policy add src 10.77.0.0/24 dst 10.88.0.0/24 dir out priority 375424 tmpl src 192.0.2.1 dst 192.0.2.2 proto esp reqid 0x40000001 mode tunnel
foreign policy add src 10.88.0.0/24 dst 10.77.0.0/24 dir in priority 375424 tmpl src 192.0.2.2 dst 192.0.2.1 proto esp reqid 0x40000001 mode tunnel
others() { sas "$NS_OURS" | grep -E 'spi 0xc0ffee'; policies "$NS_OURS" | grep -E '10\.(77|88)\.'; }
OTHERS=$(others)
others_are_untouched() { [ -n "$OTHERS" ] && [ "$(others)" = "$OTHERS" ]; }
our_sas() { ip -n "$NS_OURS" xfrm state list | grep -oE 'spi 0x[0-9a-f]+' | grep -vE '0xc0ffee' | sort; }
our_sas_are() { [ "$(our_sas | wc -l)" = "$1" ]; }
our_policies_are() { [ "$(policies "$NS_OURS" | grep -E 'tmpl' | grep -cvE '10\.(77|88)\.')" = "$1" ]; }
outbound() { ip -n "$NS_OURS" xfrm state list src 192.0.2.1 dst 192.0.2.2 | grep -oE 'spi 0x[0-9a-f]+' | grep -v c0ffee | head -n 1; }

start_ours netlink --reconcile-period $PERIOD
ours_says "CHILD_SA net\{[0-9]+\} established"
check "our gateway can bring up the second" ours_swan --initiate --child second
wait_until "four SAs are ours" 5 our_sas_are 4
check "and six policies" our_policies_are 6
pings "first" 10.1.0.1 10.2.0.1
pings "second" 10.1.1.1 10.2.1.1

# A policy goes, of each direction.
messages=$(grep -cE "generating|parsed" "$WORK/ours.log")
ip -n "$NS_OURS" xfrm policy delete src 10.1.0.0/24 dst 10.2.0.0/24 dir out
ip -n "$NS_OURS" xfrm policy delete src 10.2.1.0/24 dst 10.1.1.0/24 dir in
check "two policies are missing" our_policies_are 4
wait_until "within a period they are back" $PERIOD our_policies_are 6
ours_says "kernel reconciled: 0 children lost something, [12] policies restored"
pings "first, its policy restored" 10.1.0.1 10.2.0.1
pings "second, its policy restored" 10.1.1.1 10.2.1.1
check "nobody was told" [ "$(grep -cE "generating|parsed" "$WORK/ours.log")" = "$messages" ]

# An SA goes.
before=$(our_sas)
ip -n "$NS_OURS" xfrm state delete src 192.0.2.1 dst 192.0.2.2 proto esp $(outbound)
wait_until "within a period the child is built anew" $PERIOD ours_says_often "CHILD_SA (net|second)\{[0-9]+\} established" 3
wait_until "four SAs are ours again" 5 our_sas_are 4
check "they are not those from before" [ "$(our_sas)" != "$before" ]
pings "first, after its SA was deleted" 10.1.0.1 10.2.0.1
check "what is the other program's is untouched" others_are_untouched

# The gateway dies.
ping_flood_start 10.1.0.1 10.2.0.1 0.05
before=$(our_sas)
{ kill -KILL "$OURS_PID"; wait "$OURS_PID"; } 2> /dev/null
check "its SAs and policies are still there" eval '[ "$(our_sas)" = "$before" ] && our_policies_are 6'
pings "the dead gateway's kernel still does its work" 10.1.1.1 10.2.1.1
established=$(grep -cE "CHILD_SA net\{[0-9]+\} established" "$WORK/ours.log")
start_ours netlink --reconcile-period $PERIOD
ours_count "CHILD_SA net\{[0-9]+\} established" $((established + 1)) 20
wait_until "within a period two SAs are ours" $PERIOD our_sas_are 2
wait_until "and three policies" $PERIOD our_policies_are 3
check "none of them is from before" [ -z "$(comm -12 <(our_sas) <(echo "$before"))" ]
ours_says "[1-9][0-9]* stale entries removed"
ping_flood_stop
pings "first, in the second life" 10.1.0.1 10.2.0.1
check "what is the other program's is untouched" others_are_untouched
stop_ours
check "at the end nothing of ours is left" eval 'our_sas_are 0 && our_policies_are 0'
check "what is the other program's is untouched" others_are_untouched
ip -n "$NS_OURS" xfrm state deleteall && ip -n "$NS_OURS" xfrm policy deleteall
