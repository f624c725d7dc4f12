#!/usr/bin/env bash
# On the machine of the test, whose first process is systemd: installs the package, runs its service, has Prometheus scrape it, removes it.
# Leaves "passed failed" in /mnt/shared/counts.
set -uo pipefail
SHARED=/mnt/shared SOURCES=/mnt/sources
. "$SOURCES/tests/deploy/lib/checks.sh"
trap 'echo "$passed $failed" > "$SHARED/counts"' EXIT

show() { systemctl show concentrator.service -P "$1"; }
is() { [ "$(show "$1")" = "$2" ]; }
status_line() { sed -nE "s/^$1:\s*//p" "/proc/$(show MainPID)/status"; }
answers() { curl -sf --max-time 5 "http://127.0.0.1:9180$1" > /dev/null; }
finds() { python3 "$SOURCES/tests/deploy/queries.py" "$@" http://127.0.0.1:9090; }

package() {
  find /etc /usr -newer "$SHARED/ENTRYPOINT" -path '*concentrator*' > /tmp/before
  check "it was not here before" [ ! -s /tmp/before ]
  check "the package installs" dpkg -i "$SHARED"/concentrator_*.deb
  check "its files are as installed" dpkg --verify concentrator
  check "it runs without .NET on the machine" env DOTNET_ROOT=/nowhere concentrator --version
  check "a first configuration is good" setpriv --reuid=concentrator --regid=concentrator --clear-groups concentrator check --config /etc/concentrator/swanctl.conf
  check "others may not read it" not setpriv --reuid=nobody --clear-groups cat /etc/concentrator/swanctl.conf
  check "its settings of the kernel are settings" sysctl_names
  check "the unit is well formed" verify_unit
  check "and leaves little exposed" systemd-analyze security --offline=true --threshold=25 /lib/systemd/system/concentrator.service
}

# Warnings have an exit code of 0.
verify_unit() { ! systemd-analyze verify --man=no /lib/systemd/system/concentrator.service 2>&1 | grep 'concentrator\.service'; }

sysctl_names() { local name; while read -r name _; do [ -e "/proc/sys/${name//.//}" ] || { echo "$name"; return 1; }; done < <(grep -v '^#' /usr/lib/sysctl.d/60-concentrator.conf); }

# Two gateways on one kernel that lacks ESP: the service asks that kernel, and is refused; the other one has its SAs in memory.
configure() {
  cat > /tmp/tunnels.conf <<'CONF'
connections {
  tunnel { remote_addrs = 127.0.0.1
    remote_port = 1500
    mobike = no
    local { auth = psk
      id = a }
    remote { auth = psk
      id = b }
    children { net { local_ts = 10.1.0.0/24
      remote_ts = 10.2.0.0/24
      start_action = start } } }
  nobody { remote_addrs = 127.0.0.1
    remote_port = 1600
    mobike = no
    local { auth = psk
      id = a }
    remote { auth = psk
      id = nobody }
    children { other { remote_ts = 10.3.0.0/24
      start_action = start } } }
  stranger { remote_addrs = 127.0.0.1
    remote_port = 1500
    mobike = no
    local { auth = psk
      id = stranger }
    remote { auth = psk
      id = b }
    children { third { remote_ts = 10.5.0.0/24
      start_action = start } } }
}
secrets {
  ike-a { id-1 = a
    secret = "for this test alone" }
  ike-stranger { id-1 = stranger
    secret = "not what the other one has" }
}
CONF
  cat > /tmp/b.conf <<'CONF'
connections { b { mobike = no
  pools = inside
  local { auth = psk
    id = b }
  remote { auth = psk
    id = a }
  children { net { local_ts = 10.2.0.0/24
    remote_ts = 10.1.0.0/24 } } } }
pools { inside { addrs = 10.4.0.0/24 } }
secrets { ike-a { secret = "for this test alone" } }
CONF
  chmod 600 /tmp/b.conf
  install -o concentrator -g concentrator -m 600 /tmp/tunnels.conf /etc/concentrator/conf.d/
  check "the configuration is good" runuser -u concentrator -- concentrator check --config /etc/concentrator/swanctl.conf
  concentrator cluster init-key /tmp/b.key > /tmp/b.log
  concentrator serve --config /tmp/b.conf --kernel memory --port 1500 --nat-port 1501 --vici /tmp/b.sock --http 127.0.0.1:9181 --store sqlite:/tmp/b.db --store-key /tmp/b.key --cookie-threshold 1 >> /tmp/b.log 2>&1 &
  OTHER=$!
  check "another gateway is there" until_true 30 grep "ready: listening" /tmp/b.log
}

service() {
  # Comes back only when the service has said that it is ready.
  check "systemd starts it and hears that it is ready" systemctl enable --now concentrator
  check "it runs" is SubState running
  check "as a user of its own" [ "$(status_line Uid | cut -f1)" = "$(id -u concentrator)" ]
  check "with three capabilities" [ "$(status_line CapEff)" = 0000000000003400 ]
  check "and no way to more" [ "$(status_line CapBnd) $(status_line NoNewPrivs)" = "0000000000003400 1" ]
  check "behind a filter for system calls" [ "$(status_line Seccomp)" = 2 ]
  check "its log is in the journal, with fields" until_true 10 journal SUBSYSTEM=CFG "vici listens on"
  check "its user finds it" runuser -u concentrator -- concentrator status
  while read -r path; do check "the probe of $path finds it" answers "$path"; done < "$SHARED/probes"
  check "a tunnel comes up" until_true 30 journal SUBSYSTEM=IKE "ESTABLISHED"
  check "the kernel refuses its child, and it is told which and why" until_true 30 journal SUBSYSTEM=KNL "EPROTONOSUPPORT|ENOSYS|EINVAL"
}

journal() { journalctl -q "$1" | grep -E -- "$2"; }

reloading() {
  local pid; pid=$(show MainPID)
  check "its configuration is read again" systemctl reload concentrator
  echo 'connections { c { nonsense = 1 } }' > /etc/concentrator/conf.d/wrong.conf
  chmod 644 /etc/concentrator/conf.d/wrong.conf
  check "with a mistake in it, it is not" not systemctl reload concentrator
  check "and the journal says which" until_true 10 journal SUBSYSTEM=CFG nonsense
  check "and the service goes on" [ "$(show SubState) $(show MainPID)" = "running $pid" ]
  check "with what it had" runuser -u concentrator -- concentrator sas
  rm /etc/concentrator/conf.d/wrong.conf
}

prometheus_of_it() {
  cat > /tmp/prometheus.yml <<YML
global: { scrape_interval: 1s, evaluation_interval: 1s }
rule_files: [$SOURCES/deploy/prometheus/concentrator.rules.yml]
scrape_configs: [{ job_name: concentrator, static_configs: [{ targets: ["127.0.0.1:9180", "127.0.0.1:9181"] }] }]
YML
  concentrator rekey --ike tunnel --vici /run/concentrator/vici.sock > /tmp/rekey.log 2>&1
  printf 'no IKE message' > /dev/udp/127.0.0.1/500
  check "the other gateway answers a flood" python3 "$SOURCES/tests/deploy/half-open.py" 1500 3
  prometheus --config.file=/tmp/prometheus.yml --storage.tsdb.path=/tmp/tsdb --web.listen-address=127.0.0.1:9090 > /tmp/prometheus.log 2>&1 & local prometheus=$!
  check "the alert rules are good" promtool check rules "$SOURCES/deploy/prometheus/concentrator.rules.yml"
  check "and say what they should" promtool test rules "$SOURCES/deploy/prometheus/concentrator.rules.test.yml"
  check "each query of the dashboard finds something" until_true 40 finds dashboard "$SOURCES/deploy/grafana/concentrator.json"
  check "each thing that an operator asks for is told" until_true 20 finds metrics "$SOURCES/tests/deploy/metrics.tsv"
  check "each series that an alert asks for is there" until_true 20 finds rules "$SOURCES/deploy/prometheus/concentrator.rules.yml"
  for port in 9180 9181; do check "promtool takes the metrics of $port" promtool_takes "$port"; done
  curl -s http://127.0.0.1:9180/metrics > "$SHARED/metrics"; curl -s http://127.0.0.1:9181/metrics > "$SHARED/metrics.b"
  kill "$prometheus"; wait "$prometheus" 2> /dev/null
}

promtool_takes() { curl -sf "http://127.0.0.1:$1/metrics" | promtool check metrics; }

# A process that stands still says nothing.
watchdog() {
  local pid heard
  mkdir -p /run/systemd/system/concentrator.service.d
  printf '[Service]\nWatchdogSec=6s\nRestartSec=100ms\n' > /run/systemd/system/concentrator.service.d/short.conf
  systemctl daemon-reload
  check "it is started anew" systemctl restart concentrator
  pid=$(show MainPID) heard=$(show WatchdogTimestampMonotonic)
  check "systemd hears that it lives" until_true 20 not is WatchdogTimestampMonotonic "$heard"
  kill -STOP "$pid"
  check "when it stands still, systemd starts it anew" until_true 40 is NRestarts 1
  check "for that reason" journal UNIT=concentrator.service "Watchdog timeout"
  check "and it is ready again" until_true 40 is SubState running
}

stopping() {
  check "it stops" systemctl stop concentrator
  check "in order" [ "$(show Result) $(show ExecMainStatus) $(show SubState)" = "success 0 dead" ]
  check "and says so before" journal SUBSYSTEM=CLU "stopped in"
  check "and leaves no policy and no SA" [ -z "$(ip xfrm policy | grep -v 'socket\|src\|^\s' ; ip xfrm state)" ]
  check "and no run-time folder" [ ! -e /run/concentrator ]
}

# What the container file's last steps do, with a container's means: a user without rights, capabilities of the program's file alone, files that cannot be written.
container() {
  local entry arguments
  mapfile -t entry < "$SHARED/ENTRYPOINT"
  # As Kubernetes would: the manifest's arguments for its first pod, which is alone here, and the keys as its first container lays them out.
  mapfile -t arguments < <(sed 's/\$(POD_NAME)/concentrator-0/; s/\$(POD_IP)/127.0.0.1/; s/^--cluster-quorum=.*/--cluster-quorum=1/' "$SHARED/args")
  echo "127.0.0.1 concentrator" >> /etc/hosts
  mkdir -m 755 /cluster /store /keys && chown 1654 /keys
  concentrator cluster init-ca /cluster && concentrator cluster issue concentrator-0 --ca /cluster && concentrator cluster init-key /store/keys
  chgrp -R 1654 /cluster /store && chmod -R g+r /cluster /store
  check "the pod's keys are laid out" env POD_NAME=concentrator-0 setpriv --reuid=1654 --regid=1654 --clear-groups sh -ec "$(cat "$SHARED/init")"
  check "the program's file gets its capabilities" $(cat "$SHARED/setcap") /usr/lib/concentrator/concentrator
  # Volumes that nobody has written yet.
  rm -rf /run/concentrator /var/lib/concentrator
  install -d -o 1654 -g 1654 -m 700 /run/concentrator /var/lib/concentrator
  chgrp -R 1654 /etc/concentrator && chown 1654 /etc/concentrator/conf.d/*
  env $(cat "$SHARED/ENV") CONCENTRATOR__STORE=sqlite:/var/lib/concentrator/sessions.db unshare --mount bash -c 'mount -t tmpfs -o uid=1654,gid=1654,mode=700 tmpfs /var/lib/concentrator && mount -o remount,bind,ro / && exec "$@"' - setpriv --reuid=1654 --regid=1654 --clear-groups --inh-caps=-all --ambient-caps=-all \
    --bounding-set=-all,+net_admin,+net_bind_service,+net_raw "${entry[@]}" "${arguments[@]}" > /tmp/container.log 2>&1 &
  local pid=$!
  check "the container's entry runs" until_true 40 ready_or_says /tmp/container.log
  check "with three capabilities of its own" [ "$(sed -nE 's/^CapEff:\s*//p' "/proc/$pid/status")" = 0000000000003400 ]
  check "as the user of the file" [ "$(sed -nE 's/^Uid:\s*([0-9]+).*/\1/p' "/proc/$pid/status")" = "$(cut -d: -f1 "$SHARED/USER")" ]
  check "its check of health finds it" until_true 20 setpriv --reuid=1654 --regid=1654 --clear-groups concentrator status
  while read -r path; do check "and the probe of $path" until_true 20 answers "$path"; done < "$SHARED/probes"
  check "what is run before it is stopped is there" $(cat "$SHARED/stop") --help
  kill -TERM "$pid"; wait "$pid"
  check "and it ends with 0" [ $? = 0 ]
}

ready_or_says() { grep '"ready: listening' "$1" > /dev/null || { tail -n 5 "$1"; return 1; }; }

removal() {
  check "the package goes" dpkg --purge concentrator
  check "with its program, its unit and its user" [ ! -e /usr/bin/concentrator ] && [ ! -e /lib/systemd/system/concentrator.service ] && not getent passwd concentrator
  check "and its state" [ ! -e /var/lib/concentrator ]
}

package
configure
service
reloading
prometheus_of_it
watchdog
stopping
container
kill "$OTHER"; wait "$OTHER"
removal
[ "$failed" = 0 ] || { echo "--- journal"; journalctl -q --no-pager -u concentrator.service | tail -n 40; tail -n 10 /tmp/b.log /tmp/container.log /tmp/prometheus.log; }
