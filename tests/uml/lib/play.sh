#!/usr/bin/env bash
# Inside: plays the scenarios of tests/uml that are named. The first process starts it.
#   play.sh scenario…
set -uo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)
. "$ROOT/tests/interop/lib/play.sh"
play "$ROOT/tests/uml/lib/esp.sh" "$ROOT/tests/uml" "$@"
