#!/usr/bin/env bash
# Plays the scenarios of this folder against Debian's strongSwan in network namespaces: all of them, or those that are named.
#   tests/interop/run.sh [scenario…]
set -uo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
HERE="$ROOT/tests/interop"
[ "$(id -u)" = 0 ] || { echo "the scenarios need root, for network namespaces"; exit 1; }
[ -x /usr/lib/ipsec/charon ] || { echo "strongSwan is not installed: tests/run.sh installs it"; exit 1; }
[ -f "$ROOT/src/Concentrator/bin/Release/net10.0/concentrator.dll" ] || { echo "build first: dotnet build -c Release"; exit 1; }

names=("$@")
if [ ${#names[@]} = 0 ]; then
  for folder in "$HERE"/*/scenario.sh; do names+=("$(basename "$(dirname "$folder")")"); done
fi

. "$HERE/lib/play.sh"
play "$HERE/lib/lab.sh" "$HERE" "${names[@]}"
echo "interop: $passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
