#!/usr/bin/env bash
# The dashboard in a real browser (Debian's chromium, headless): see run.mjs. Wants the program built. Closes with: browser: N passed, M failed.
# With --screenshots FOLDER it leaves pictures for the documentation there.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
npm ci --no-audit --no-fund --loglevel=error
exec timeout 180 node run.mjs "$PWD/../../src/Concentrator/bin/Release/net10.0/concentrator.dll" "$@"
