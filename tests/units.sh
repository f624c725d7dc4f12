#!/usr/bin/env bash
# Runs the unit, property, vector and kernel tests of the solution, which is built. A machine with other work stretches time, so tests that failed are run
# once more, three at most; one that passes then is told as `unsteady NAME`, below what it failed with.
#   tests/units.sh
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
readonly MOST_SECOND_TRIES=3

log=$(mktemp); trap 'rm -f "$log"' EXIT
dotnet test --solution Concentrator.sln --no-build -c Release 2>&1 | tee "$log"
code=${PIPESTATUS[0]}
passed=$(awk '/^ *succeeded:/ { n += $2 } END { print n + 0 }' "$log")
failed=$(awk '/^ *failed:/ { n += $2 } END { print n + 0 }' "$log")

# run_again TEST: by its whole name, all cases of a theory.
run_again() {
  local project=${1%%.Tests.*}; project=${project#Concentrator.}.Tests
  timeout 600 dotnet test --project "$(echo tests/"$project"/*.csproj)" --no-build -c Release --filter-method "$1" > "$log.again" 2>&1
}

mapfile -t names < <(sed -nE 's/^failed (Concentrator\.[A-Za-z0-9_.]+).*/\1/p' "$log" | sort -u)
if [ "$failed" -gt 0 ] && [ "$failed" -le $MOST_SECOND_TRIES ] && [ ${#names[@]} -gt 0 ]; then
  for name in "${names[@]}"; do
    run_again "$name" || { echo "FAILED $name: at the second try too"; tail -n 40 "$log.again"; continue; }
    cases=$(grep -cE "^failed $name[( ]" "$log")
    passed=$((passed + cases)); failed=$((failed - cases))
    echo "unsteady $name: it failed once, and passed at the second try"
  done
  rm -f "$log.again"
fi
[ "$code" = 0 ] || [ "$failed" -gt 0 ] || [ ${#names[@]} -gt 0 ] || failed=1
echo "units: $passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
