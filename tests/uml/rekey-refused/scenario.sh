net_esp
start_peer kernel "spi_min = 0xc1000000
  spi_max = 0xc1000003"
start_ours netlink
ours_says "CHILD_SA net\{[0-9]+\} established"
sas_are 2
KEY=0x000102030405060708090a0b0c0d0e0f10111213
outbound() { ip -n "$NS_OURS" xfrm state list src 192.0.2.1 dst 192.0.2.2 | grep -oE 'spi 0x[0-9a-f]+ reqid 10737[0-9]+' | grep -oE '0x[0-9a-f]{8}'; }
our_spis() { ip -n "$NS_OURS" xfrm state list | grep -oE 'spi 0x[0-9a-f]+ reqid 10737[0-9]+' | sort; }
peer_spis() { ip -n "$NS_PEER" xfrm state list | grep -oE 'spi 0x[0-9a-f]+' | sort; }
block() {
  local spi used=$(outbound)
  for spi in 0xc1000000 0xc1000001 0xc1000002 0xc1000003; do
    [ "$spi" = "$used" ] || ip -n "$NS_OURS" xfrm state add src 192.0.2.1 dst 192.0.2.2 proto esp spi $spi reqid 7 mode tunnel aead 'rfc4106(gcm(aes))' $KEY 128
  done
}
unblock() { ip -n "$NS_OURS" xfrm state list | grep -oE 'spi 0x[0-9a-f]+ reqid 7 ' | grep -oE '0x[0-9a-f]{8}' | while read -r spi; do ip -n "$NS_OURS" xfrm state delete src 192.0.2.1 dst 192.0.2.2 proto esp spi "$spi"; done; }
blocks() { ip -n "$NS_OURS" xfrm state list | grep -c 'reqid 7 '; }
as_before() { [ "$(our_spis)" = "$ours" ] && [ "$(peer_spis)" = "$peers" ] && [ "$(blocks)" = 3 ]; }

ping_flood_start 10.1.0.1 10.2.0.1
block
ours=$(our_spis) peers=$(peer_spis)
check "the other program has three SAs" [ "$(blocks)" = 3 ]

# charon asks.
swan --rekey --child net || true
ours_says "outbound SA refused: File exists \(EEXIST 17"
ours_says "generating CREATE_CHILD_SA response [0-9]+ \[ N\(TEMP_FAIL\) \]"
wait_until "both kernels are as before" 5 as_before
check "charon keeps the child" peer_has_child net

# Our gateway asks.
refusals=$(grep -cE "outbound SA refused" "$WORK/ours.log")
ours_swan --rekey --child net || true
ours_count "outbound SA refused" $((refusals + 1)) 8
ours_says "telling the peer to delete [0-9a-f]{8}"
ours_says "generating INFORMATIONAL request [0-9]+ \[ D \]"
peer_says "received DELETE for ESP CHILD_SA"
wait_until "both kernels are as before" 5 as_before
# To charon it has been replaced by what was deleted since; it carries on all the same.
check "charon keeps the child" eval 'swan_sas | grep -E "^  net: .*(INSTALLED|REKEYED), " > /dev/null'
ours_never_says "state change: INSTALLED => (DELETING|DESTROYING)|IKE_SA .* => (DELETING|DESTROYING)"

# The other program is gone.
unblock
ours_swan --rekey --child net || true
ours_says "CHILD_SA net rekeyed by us" 20
check "charon can rekey the child" swan --rekey --child net
ours_says "CHILD_SA net rekeyed by the peer" 20
ping_flood_stop
check "of $SENT packets none is lost ($LOST)" [ "$LOST" = 0 ]
no_errors
stop_ours
