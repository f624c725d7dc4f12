#!/usr/bin/env bash
# Plays the scenarios of this folder: nodes of one cluster as processes, each in a network namespace on a bridge. All of them, or those that are named.
#   tests/cluster/run.sh [scenario…]
set -uo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
HERE="$ROOT/tests/cluster"
[ "$(id -u)" = 0 ] || { echo "the scenarios need root, for network namespaces"; exit 1; }
[ -f "$ROOT/src/Concentrator/bin/Release/net10.0/concentrator.dll" ] || { echo "build first: dotnet build -c Release"; exit 1; }

names=("$@")
if [ ${#names[@]} = 0 ]; then
  for folder in "$HERE"/*/scenario.sh; do names+=("$(basename "$(dirname "$folder")")"); done
fi

. "$ROOT/tests/interop/lib/play.sh"
play "$HERE/lib/lab.sh" "$HERE" "${names[@]}"
echo "cluster: $passed passed, $failed failed$(unplayed_too)"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
