# Guests: User-Mode Linux in the background, with the host's own disk as root. ROOT is the repository.

readonly MEMORY=2G
GUESTS=()

# guests_in FOLDER: what they say, and what every one of them finds, is there: its modules, and the program with which its kernel asks for ciphers.
guests_in() {
  local program
  [ "$(id -u)" = 0 ] || { echo "this needs root, for what the guests mount and for their namespaces"; exit 1; }
  for program in linux.uml modprobe iperf3 ping tcpdump /usr/lib/ipsec/charon; do
    command -v "$program" > /dev/null || { echo "$program is missing: tests/run.sh installs it"; exit 1; }
  done
  OUT=$1
  mkdir -p "$OUT/modules/lib"
  ln -s /usr/lib/uml/modules "$OUT/modules/lib/modules"
  printf '#!/bin/sh\nexec %s -d %q "$@"\n' "$(command -v modprobe)" "$OUT/modules" > "$OUT/modprobe"
  chmod +x "$OUT/modprobe"
}

# guests_alone: in a folder that goes when the script ends, as they do when it is ended.
guests_alone() {
  guests_in "$(mktemp -d /tmp/concentrator-uml.XXXXXX)"
  chmod 700 "$OUT"
  trap 'rm -rf "$OUT"' EXIT
  trap 'kill "${GUESTS[@]}" 2> /dev/null; exit 1' INT TERM
}

# boot GUEST SECONDS COMMAND…: a guest that runs a command and halts; what the command says is in $OUT/GUEST/results.
# After so many seconds it is ended, done or not: timeout ends the kernel, and this its processes.
# CABLE: a tap device in the namespace HUB, whose other end is the guest's vec0. CONSOLE: what is typed at its console.
boot() {
  local out="$OUT/$1" seconds=$2; shift 2
  mkdir -p "$out/uml"
  touch "$out/results"
  printf '#!/usr/bin/env bash\nexec %q %q %q %s\n' "$ROOT/tests/uml/lib/init.sh" "$OUT/modprobe" "$out" "$(printf '%q ' "$@")" > "$out/init"
  chmod +x "$out/init"
  timeout -k 2 "$seconds" ${HUB:+ip netns exec "$HUB"} linux.uml "mem=$MEMORY" ${CABLE:+"vec0:transport=tap,ifname=$CABLE,gro=1"} rootfstype=hostfs rootflags=/ rw "init=$out/init" \
    "uml_dir=$out/uml" umid=lab con=null con0=fd:0,fd:1 console=tty0 quiet panic=-1 < "${CONSOLE:-/dev/null}" > "$out/console" 2>&1 &
  GUESTS+=($!)
}

# finish GUEST: waits for it and says what it said; false when it ended before its command did.
finish() {
  local code=0; wait "${GUESTS[$1]}" || code=$?
  cat "$OUT/$1/results"
  [ -f "$OUT/$1/end" ] && return
  echo "FAILED guest $1: it ended early, with code $code (124, 137: it hung, or was too slow); the end of its console:"
  tail -n 40 "$OUT/$1/console" | sed 's/^/    /'
  return 1
} 2> /dev/null
