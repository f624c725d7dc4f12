#!/usr/bin/env bash
# Plays the scenarios of this folder inside User-Mode Linux, whose kernel has real ESP: all of them, or those that are named.
#   tests/uml/run.sh [scenario…]
# Closes with a line `uml: N passed, M failed`. A scenario of which nothing is heard, because the kernel died or hangs, has failed.
set -uo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
HERE="$ROOT/tests/uml"
readonly MEMORY=2G BOOT_SECONDS=30 SCENARIO_SECONDS=60
[ "$(id -u)" = 0 ] || { echo "the scenarios need root, for network namespaces inside"; exit 1; }
for program in linux.uml modprobe iperf3 tcpdump tshark /usr/lib/ipsec/charon; do
  command -v "$program" > /dev/null || { echo "$program is missing: tests/run.sh installs it"; exit 1; }
done
[ -f "$ROOT/src/Concentrator/bin/Release/net10.0/concentrator.dll" ] || { echo "build first: dotnet build -c Release"; exit 1; }

names=("$@")
if [ ${#names[@]} = 0 ]; then
  for folder in "$HERE"/*/scenario.sh; do names+=("$(basename "$(dirname "$folder")")"); done
fi

OUT=$(mktemp -d /tmp/concentrator-uml.XXXXXX)
chmod 700 "$OUT"
GUESTS=()
trap 'rm -rf "$OUT"' EXIT
trap 'kill "${GUESTS[@]}" 2> /dev/null; exit 1' INT TERM

# What every guest finds: its modules, and the program with which its kernel asks for ciphers.
mkdir -p "$OUT/modules/lib"
ln -s /usr/lib/uml/modules "$OUT/modules/lib/modules"
printf '#!/bin/sh\nexec %s -d %q "$@"\n' "$(command -v modprobe)" "$OUT/modules" > "$OUT/modprobe"
chmod +x "$OUT/modprobe"

# boot GUEST SCENARIO…: one guest with some of the scenarios, in the background. A guest has one processor, so there is one for each of ours.
# It is given so many seconds and no more: its processes are one process group here, and timeout ends them all.
boot() {
  local out="$OUT/$1"; shift
  mkdir -p "$out/uml"
  touch "$out/results"
  printf '#!/usr/bin/env bash\nexec %q %q %q %q %s\n' "$HERE/lib/init.sh" "$ROOT" "$OUT/modprobe" "$out" "$(printf '%q ' "$@")" > "$out/init"
  chmod +x "$out/init"
  timeout -k 2 $((BOOT_SECONDS + SCENARIO_SECONDS * $#)) linux.uml "mem=$MEMORY" rootfstype=hostfs rootflags=/ rw "init=$out/init" \
    "uml_dir=$out/uml" umid=lab con=null con0=fd:0,fd:1 console=tty0 quiet panic=-1 < /dev/null > "$out/console" 2>&1 &
  GUESTS+=($!)
}

guests=$(nproc)
[ "$guests" -le 4 ] || guests=4
for ((guest = 0; guest < guests && guest < ${#names[@]}; guest++)); do
  mine=()
  for ((i = guest; i < ${#names[@]}; i += guests)); do mine+=("${names[i]}"); done
  boot "$guest" "${mine[@]}"
done

for guest in "${!GUESTS[@]}"; do
  code=0; wait "${GUESTS[guest]}" || code=$?
  cat "$OUT/$guest/results"
  [ -f "$OUT/$guest/end" ] && continue
  echo "FAILED guest $guest: it ended before its end, with code $code (124, 137: it was too slow, or hung); the end of its console:"
  tail -n 40 "$OUT/$guest/console" | sed 's/^/    /'
done

failed=0
for name in "${names[@]}"; do
  grep -qE "^ok $name " "$OUT"/*/results && continue
  failed=$((failed + 1))
  grep -qE "^FAILED $name: " "$OUT"/*/results || echo "FAILED $name: nothing was heard of it"
done
echo "uml: $((${#names[@]} - failed)) passed, $failed failed"
[ "$failed" = 0 ]
