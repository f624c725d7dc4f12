#!/usr/bin/env bash
# Makes a Debian package of the gateway with the .NET runtime in it.
#   deploy/debian/build.sh FOLDER     writes FOLDER/concentrator_VERSION_ARCH.deb and says its name
# Wants the .NET SDK and dpkg-deb. Nothing is written into the sources.
set -euo pipefail
out=$(realpath "${1:?folder for the package}")
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
arch=$(dpkg --print-architecture)
case $arch in amd64) rid=linux-x64 ;; arm64) rid=linux-arm64 ;; *) echo "no runtime for $arch" >&2; exit 1 ;; esac
version=$(sed -nE 's|.*<Version>(.*)</Version>.*|\1|p' Directory.Build.props)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tree="$work/tree" doc="$work/tree/usr/share/doc/concentrator" etc="$work/tree/etc/concentrator"

dotnet publish src/Concentrator -c Release -r "$rid" --self-contained --artifacts-path "$work/artifacts" -p:DebugType=none -p:GenerateDocumentationFile=false -nologo -v quiet >&2

install -d "$tree/usr/bin" "$tree/usr/lib/concentrator" "$tree/usr/share/bash-completion/completions" "$tree/usr/share/fish/vendor_completions.d"
cp -r "$work/artifacts/publish/Concentrator/release_$rid/." "$tree/usr/lib/concentrator"
find "$tree/usr/lib/concentrator" -type f -exec chmod 644 {} +
chmod 755 "$tree/usr/lib/concentrator/concentrator"
# Writes core files of .NET programs, with all keys in them; nothing here asks for it.
rm -f "$tree/usr/lib/concentrator/createdump"
ln -s ../lib/concentrator/concentrator "$tree/usr/bin/concentrator"
program="$tree/usr/lib/concentrator/concentrator"
"$program" completion bash > "$tree/usr/share/bash-completion/completions/concentrator"
"$program" completion fish > "$tree/usr/share/fish/vendor_completions.d/concentrator.fish"

install -Dm 644 deploy/concentrator.service -t "$tree/lib/systemd/system"
install -Dm 644 deploy/sysctl.d/60-concentrator.conf -t "$tree/usr/lib/sysctl.d"
install -Dm 644 deploy/examples/* -t "$doc/examples"
install -Dm 644 deploy/grafana/concentrator.json -t "$doc/grafana"
install -Dm 644 deploy/prometheus/concentrator.rules.yml -t "$doc/prometheus"
install -Dm 644 README.md -t "$doc"
install -Dm 644 deploy/debian/copyright -t "$doc"
install -Dm 644 deploy/debian/overrides "$tree/usr/share/lintian/overrides/concentrator"
install -d "$tree/usr/share/man/man8"
gzip -9n < deploy/debian/concentrator.8 > "$tree/usr/share/man/man8/concentrator.8.gz"
printf 'concentrator (%s) stable; urgency=medium\n\n  * See README.md.\n\n -- Concentrator <concentrator@example.org>  %s\n' \
  "$version" "$(date -R -u -d "@${SOURCE_DATE_EPOCH:-$(stat -c %Y CHANGELOG.md)}")" | gzip -9n > "$doc/changelog.gz"

# Holds secrets: root may write it, the service's group may read it.
install -d -m 750 "$etc" "$etc/conf.d"
install -m 640 deploy/debian/swanctl.conf "$etc/swanctl.conf"

install -d "$tree/DEBIAN"
install -m 755 deploy/debian/postinst deploy/debian/prerm deploy/debian/postrm "$tree/DEBIAN/"
echo /etc/concentrator/swanctl.conf > "$tree/DEBIAN/conffiles"
(cd "$tree" && find etc lib usr -type f -print0 | sort -z | xargs -0 md5sum > DEBIAN/md5sums)
cat > "$tree/DEBIAN/control" <<CONTROL
Package: concentrator
Version: $version
Architecture: $arch
Maintainer: Concentrator <concentrator@example.org>
Section: net
Priority: optional
Depends: libc6, libgcc-s1, libstdc++6, libssl3 | libssl3t64, passwd
Recommends: ca-certificates, iproute2, kmod
Suggests: prometheus, strongswan-swanctl
Installed-Size: $(du -sk --exclude=DEBIAN "$tree" | cut -f1)
Description: IKEv2/IPsec VPN gateway for very many tunnels
 Speaks IKEv2 (RFC 7296), installs IPsec SAs and policies in the Linux kernel,
 reads swanctl.conf and is driven by swanctl. Several nodes form a cluster that
 keeps its tunnels when a node dies. Has a dashboard and metrics for Prometheus.
CONTROL

deb="$out/concentrator_${version}_$arch.deb"
dpkg-deb --root-owner-group -Zgzip -z1 --build "$tree" "$deb" >&2
echo "$deb"
