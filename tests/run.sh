#!/usr/bin/env bash
# Installs what the tests need, builds, and runs everything: unit tests, the real kernel's netlink, strongSwan in network namespaces and
# in a kernel that has ESP, the dashboard in a browser, the commands of docs/, the demo.
# Needs root (namespaces, netlink), Debian's package manager and npm's registry. Closes with one line: N passed, N failed.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DEBIAN_FRONTEND=noninteractive

passed=0 failed=0
logs=$(mktemp -d /tmp/concentrator-tests.XXXXXX)
trap 'rm -rf "$logs"' EXIT

# phase NAME COMMAND…: one thing that passes or fails; its output is shown when it fails.
phase() {
  local name=$1 begin=$SECONDS; shift
  if "$@" > "$logs/phase.log" 2>&1; then
    passed=$((passed + 1)); echo "== $name: ok ($((SECONDS - begin)) s)"
  else
    failed=$((failed + 1)); echo "== $name: FAILED ($((SECONDS - begin)) s)"; tail -n 60 "$logs/phase.log"
  fi
}

# counted NAME PATTERN COMMAND…: a phase that counts by itself; the awk program prints "passed failed".
counted() {
  local name=$1 counts=$2 begin=$SECONDS code=0 p=0 f=0; shift 2
  "$@" > "$logs/phase.log" 2>&1 || code=$?
  read -r p f < <(awk "$counts" "$logs/phase.log")
  # A runner that ends badly, or that ran nothing, has failed whatever it counted.
  if [ "${p:-0}" = 0 ] || { [ "$code" != 0 ] && [ "${f:-0}" = 0 ]; }; then f=$((${f:-0} + 1)); fi
  passed=$((passed + ${p:-0})); failed=$((failed + f))
  echo "== $name: ${p:-0} passed, $f failed ($((SECONDS - begin)) s)"
  if grep -q '^unsteady ' "$logs/phase.log"; then grep -E '^unsteady |^FAILED ' "$logs/phase.log"; fi
  grep '^NOT PLAYED ' "$logs/phase.log" | tee -a "$logs/unplayed"
  if [ "$f" != 0 ]; then
    grep -E '^FAILED |^failed ' "$logs/phase.log"
    grep -vE '^ok |^\s+at ' "$logs/phase.log" | tail -n 150
    grep -hE '^FAILED |^failed ' "$logs/phase.log" >> "$logs/failures"
  fi
}

readonly PACKAGES="strongswan-charon strongswan-swanctl libstrongswan-standard-plugins libstrongswan-extra-plugins libcharon-extra-plugins
  libcharon-extauth-plugins tshark tcpdump nftables iproute2 procps util-linux kmod user-mode-linux iperf3 iputils-ping postgresql dnsmasq-base faketime prometheus chromium systemd dpkg libcap2-bin curl jq python3 openssl gcc libc6-dev linux-libc-dev"

install_packages() {
  local missing=() package wanted=$PACKAGES
  # Where there is an npm it need not be Debian's, and the two do not bear each other.
  command -v npm > /dev/null || wanted+=" nodejs npm"
  for package in $wanted; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep "install ok installed" > /dev/null || missing+=("$package")
  done
  [ ${#missing[@]} = 0 ] && return 0
  apt-get update -q && apt-get install -yq --no-install-recommends "${missing[@]}"
}

readonly COUNTS='/^(units|interop|deploy|uml|cluster|docs|browser): / { p = $2; f = $4 } END { print p + 0, f + 0 }'

phase "packages" install_packages
phase "build, warnings are errors" dotnet build Concentrator.sln -c Release
phase "format" dotnet format Concentrator.sln --verify-no-changes --no-restore
counted "unit, property, vector and kernel tests" "$COUNTS" tests/units.sh
counted "interoperability with strongSwan" "$COUNTS" tests/interop/run.sh
counted "deployment: package, systemd, alerts, dashboard, manifests" "$COUNTS" tests/deploy/run.sh
counted "real ESP with strongSwan, in User-Mode Linux" "$COUNTS" tests/uml/run.sh
counted "a cluster of three nodes, in network namespaces" "$COUNTS" tests/cluster/run.sh
counted "the commands of docs/, in network namespaces" "$COUNTS" tests/docs/run.sh
counted "dashboard in Chromium" "$COUNTS" tests/browser/run.sh
phase "demo" dotnet run --project src/Concentrator -c Release --no-build -- demo --once

# Once more at the end, where they are not missed.
for once_more in failures unplayed; do [ ! -f "$logs/$once_more" ] || cat "$logs/$once_more"; done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
