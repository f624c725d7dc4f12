#!/usr/bin/env bash
# Plays the scenarios of this folder inside one User-Mode Linux, whose kernel has real ESP: all of them, or those that are named.
#   tests/uml/run.sh [scenario…]
# Closes with a line `uml: N passed, M failed`. A scenario of which nothing is heard, because the kernel died or hangs, has failed.
set -uo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
HERE="$ROOT/tests/uml"
readonly MEMORY=3G BOOT_SECONDS=30 SCENARIO_SECONDS=30
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
trap 'rm -rf "$OUT"' EXIT

# What the guest finds in OUT: its modules, the program with which its kernel asks for ciphers, its command line as a script.
mkdir -p "$OUT/modules/lib" "$OUT/uml"
ln -s /usr/lib/uml/modules "$OUT/modules/lib/modules"
printf '#!/bin/sh\nexec %s -d %q "$@"\n' "$(command -v modprobe)" "$OUT/modules" > "$OUT/modprobe"
printf '#!/usr/bin/env bash\nexec %q %q %q %s\n' "$HERE/lib/init.sh" "$ROOT" "$OUT" "$(printf '%q ' "${names[@]}")" > "$OUT/init"
chmod +x "$OUT/modprobe" "$OUT/init"
touch "$OUT/results"

# The guest's processes are the host's as well: timeout ends them all, for they are one process group.
timeout -k 2 $((BOOT_SECONDS + SCENARIO_SECONDS * ${#names[@]})) linux.uml "mem=$MEMORY" rootfstype=hostfs rootflags=/ rw "init=$OUT/init" \
  "uml_dir=$OUT/uml" umid=lab con=null con0=fd:0,fd:1 console=tty0 quiet panic=-1 < /dev/null > "$OUT/console" 2>&1
code=$?

cat "$OUT/results"
failed=0
for name in "${names[@]}"; do
  grep -qE "^ok $name " "$OUT/results" && continue
  failed=$((failed + 1))
  grep -qE "^FAILED $name: " "$OUT/results" || echo "FAILED $name: nothing was heard of it"
done
if [ "$code" = 124 ] || [ "$code" = 137 ]; then echo "the guest hangs and was ended"; fi
if ! grep -q "^the end$" "$OUT/results"; then
  echo "FAILED: the guest ended early (code $code); the end of its console:"
  tail -n 40 "$OUT/console" | sed 's/^/    /'
  [ "$failed" != 0 ] || failed=1
fi
echo "uml: $((${#names[@]} - failed)) passed, $failed failed"
[ "$failed" = 0 ]
