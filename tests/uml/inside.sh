#!/usr/bin/env bash
# Runs a command in a guest, whose kernel has real ESP and no network but what the command makes; for benchmarks, and for a look around.
#   tests/uml/inside.sh SECONDS COMMAND…
set -uo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
[ $# -ge 2 ] || { echo "usage: inside.sh SECONDS COMMAND…"; exit 2; }
. "$ROOT/tests/uml/lib/guest.sh"
guests_alone
boot 0 "$@"
finish 0
