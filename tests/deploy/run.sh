#!/usr/bin/env bash
# Builds the Debian package and holds what deploy/ has against the programs that it is for: see README.md. Needs root. Closes with: deploy: N passed, M failed.
set -uo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
HERE="$ROOT/tests/deploy"
. "$HERE/lib/checks.sh"
. "$HERE/lib/machine.sh"
[ "$(id -u)" = 0 ] || { echo "this needs root, for the machine that things are installed on"; exit 1; }
WORK=$(mktemp -d /tmp/concentrator-deploy.XXXXXX)
trap '[ -n "${KEEP:-}" ] || rm -rf "$WORK"; rm -f "$LAST"' EXIT
mkdir "$WORK/shared"

npm ci --prefix "$HERE" --no-audit --no-fund --loglevel=error > "$WORK/npm.log" 2>&1 & npm=$!
if [ -n "${DEB:-}" ]; then cp "$DEB" "$WORK/shared/"; else check "the package is built" "$ROOT/deploy/debian/build.sh" "$WORK/shared"; fi
check "what reads manifests is there" wait "$npm"

manifests="$ROOT/deploy/kubernetes/concentrator.yaml" container="$ROOT/deploy/container/Containerfile"
check "the manifests are what Kubernetes wants" node "$HERE/kubernetes.mjs" "$manifests"
while read -r wrong; do
  sed "$wrong" "$manifests" > "$WORK/wrong.yaml"
  check "manifests are not taken after $wrong" changed "$manifests" "$WORK/wrong.yaml"
  check "manifests are not taken with $wrong" not node "$HERE/kubernetes.mjs" "$WORK/wrong.yaml"
done <<'WRONG'
s/replicas: 3/replicas: many/
s/replicas: 3/replcas: 3/
s/clusterIP: None/clusterIP: 192.0.2.1/
s/preStop:/prestop:/
s/maxUnavailable/maxUnavailible/
s/- { name: run, emptyDir/- { name: runs, emptyDir/
s/livenessProbe:/lifenessProbe:/
s/kind: NetworkPolicy/kind: NetworkPolice/
WRONG
check "the container file can be read" node "$HERE/container.mjs" "$container"
sed 's/^USER/USR/' "$container" > "$WORK/wrong.file"
check "and a wrong one is told" not node "$HERE/container.mjs" "$WORK/wrong.file"

# What the machine cannot ask itself.
for word in probes args init stop; do node "$HERE/kubernetes.mjs" "$manifests" $word > "$WORK/shared/$word"; done
for keyword in ENTRYPOINT USER ENV; do node "$HERE/container.mjs" "$container" $keyword > "$WORK/shared/$keyword"; done
grep -oE 'setcap [^ ]+' "$container" > "$WORK/shared/setcap"

machine "$WORK/shared" 400 /mnt/sources/tests/deploy/inside.sh
code=$?
cat "$WORK/shared/out"
read -r inside_passed inside_failed < "$WORK/shared/counts" || { inside_passed=0 inside_failed=1; echo "FAILED the machine ended early, with code $code"; tail -n 20 "$WORK/shared/console"; }
passed=$((passed + inside_passed)) failed=$((failed + inside_failed))
echo "deploy: $passed passed, $failed failed"
[ "$failed" = 0 ]
