#!/usr/bin/env bash
# Writes the reference pages of docs/ anew, as the program that was built last prints them.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
for page in configuration commands metrics refusals; do dotnet src/Concentrator/bin/Release/net10.0/concentrator.dll reference "$page" > "docs/$page.md"; done
