#!/usr/bin/env bash
# Plays the scenarios of this folder inside User-Mode Linux, whose kernel has real ESP: all of them, or those that are named.
#   tests/uml/run.sh [scenario…]
# Closes with a line `uml: N passed, M failed`. A scenario of which nothing is heard, because the kernel died or hangs, has failed.
set -uo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
HERE="$ROOT/tests/uml"
readonly BOOT_SECONDS=30 SCENARIO_SECONDS=120 MOST_GUESTS=4
[ -f "$ROOT/src/Concentrator/bin/Release/net10.0/concentrator.dll" ] || { echo "build first: dotnet build -c Release"; exit 1; }
. "$HERE/lib/guest.sh"
guests_alone

names=("$@")
if [ ${#names[@]} = 0 ]; then
  for folder in "$HERE"/*/scenario.sh; do names+=("$(basename "$(dirname "$folder")")"); done
fi

# A guest has one processor, so there is one for each of ours, and the scenarios are dealt out.
guests=$(nproc) early=0
[ "$guests" -le $MOST_GUESTS ] || guests=$MOST_GUESTS
for ((guest = 0; guest < guests && guest < ${#names[@]}; guest++)); do
  mine=()
  for ((i = guest; i < ${#names[@]}; i += guests)); do mine+=("${names[i]}"); done
  boot "$guest" $((BOOT_SECONDS + SCENARIO_SECONDS * ${#mine[@]})) "$HERE/lib/play.sh" "${mine[@]}"
done
for guest in "${!GUESTS[@]}"; do finish "$guest" || early=1; done

failed=0
for name in "${names[@]}"; do
  grep -qE "^ok $name " "$OUT"/*/results && continue
  failed=$((failed + 1))
  grep -qE "^FAILED $name: " "$OUT"/*/results || echo "FAILED $name: nothing was heard of it"
done
passed=$((${#names[@]} - failed))
[ "$failed" != 0 ] || failed=$early
echo "uml: $passed passed, $failed failed"
[ "$failed" = 0 ]
