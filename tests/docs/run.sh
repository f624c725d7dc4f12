#!/usr/bin/env bash
# Runs every command in docs/ on hosts in network namespaces, and holds the answers against the pages: all pages, or those that are named.
#   tests/docs/run.sh [page…]
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
[ "$(id -u)" = 0 ] || { echo "the hosts need root, for network namespaces"; exit 1; }
[ -x /usr/lib/ipsec/charon ] || { echo "strongSwan is not installed: tests/run.sh installs it"; exit 1; }
[ -f src/Concentrator/bin/Release/net10.0/concentrator.dll ] || { echo "build first: dotnet build -c Release"; exit 1; }
python3 -B tests/docs/lib/pages_test.py -q || exit 1
exec python3 -B tests/docs/lib/play.py "$@"
