. "$ROOT/tests/interop/lib/userspace.sh"
net_userspace
start_peer accepting
start_ours auto
ours_says "kernel userspace, ESP in UDP over esp[0-9]+: netlink will not do: the kernel has no ESP"
ours_says "CHILD_SA net\\{1\\} state change: INSTALLING => INSTALLED"
pings "in tunnel mode" 10.1.0.1 10.2.0.1
stop_ours
userspace_finish

without_right() { ip netns exec "$NS_OURS" setpriv --bounding-set -net_admin --inh-caps -net_admin timeout 20 dotnet "$PROGRAM" serve --config "$WORK/ours.conf" --kernel "$1"; }
code=0; without_right userspace > "$WORK/refused.log" 2>&1 || code=$?
check "without the right it says what to do" grep -q "error: .*CAP_NET_ADMIN" "$WORK/refused.log"
check "and ends with code 1" [ "$code" = 1 ]
device_gone
