# A machine to install things on: namespaces of its own for all there are, a copy of this machine's files that is forgotten afterwards, and a real systemd as its first
# process. Nothing in it can reach the files, processes, network or clock of the machine that it runs on.
#   machine SHARED SECONDS SCRIPT [ARGUMENT…]: runs the script there as a service and returns when it is over; SHARED is /mnt/shared inside.
# The script's output is in SHARED/out, its exit code is the function's.

readonly MACHINE_TARGET=deploy.target

machine() {
  local shared=$1 seconds=$2 group code; shift 2
  group="$(findmnt -nt cgroup2 -o TARGET | head -n 1)/concentrator-deploy.$$"
  mkdir "$group" || return 1
  (echo "$BASHPID" > "$group/cgroup.procs" && exec timeout -k 5 "$seconds" unshare --mount --net --pid --uts --ipc --cgroup --fork --kill-child \
    bash "$ROOT/tests/deploy/lib/machine.sh" boot "$ROOT" "$shared" "$@" < /dev/null > "$shared/console" 2>&1)
  code=$?
  # Whatever is left of it.
  echo 1 > "$group/cgroup.kill"
  for _ in $(seq 50); do find "$group" -depth -type d -exec rmdir {} + 2> /dev/null; [ -e "$group" ] || break; read -rt 0.1 -u "$NEVER"; done
  return "$code"
}

# Inside the namespaces, as their first process.
boot() {
  local root=$1 shared=$2 new device; shift 2
  mount --make-rprivate /
  mkdir "$shared/machine"
  mount -t tmpfs -o mode=755 tmpfs "$shared/machine"
  mkdir "$shared/machine"/{new,files,work}
  new="$shared/machine/new"
  mount -t overlay overlay -o "lowerdir=/,upperdir=$shared/machine/files,workdir=$shared/machine/work" "$new"

  mount -t proc proc "$new/proc"
  mount --bind "$new/proc/sys" "$new/proc/sys"
  mount -o remount,bind,ro "$new/proc/sys"
  mount -t sysfs -o ro sysfs "$new/sys"
  mount -t cgroup2 cgroup2 "$new/sys/fs/cgroup"
  mount -t tmpfs -o mode=755 tmpfs "$new/run"
  mount -t tmpfs tmpfs "$new/tmp"
  mount -t tmpfs -o mode=755 tmpfs "$new/dev"
  mkdir "$new/dev"/{net,pts,shm}
  for device in null zero full random urandom tty net/tun; do touch "$new/dev/$device"; mount --bind "/dev/$device" "$new/dev/$device"; done
  mount -t tmpfs tmpfs "$new/dev/shm"
  mount -t devpts -o newinstance,ptmxmode=0666 devpts "$new/dev/pts"
  ln -s pts/ptmx "$new/dev/ptmx"; ln -s /proc/self/fd "$new/dev/fd"
  mkdir -p "$new/mnt/shared" "$new/mnt/old" "$new/mnt/sources"
  mount --bind "$shared" "$new/mnt/shared"
  mount --bind "$root" "$new/mnt/sources"
  mount -o remount,bind,ro "$new/mnt/sources"

  # What the machine starts by itself is of no use here.
  rm -rf "$new"/etc/systemd/system/*.wants "$new"/{usr/lib,lib}/systemd/system/{sysinit,basic,sockets,timers,multi-user,local-fs,graphical}.target.wants
  printf '[Unit]\nDefaultDependencies=no\nWants=deploy.service systemd-journald.service\n' > "$new/etc/systemd/system/$MACHINE_TARGET"
  printf '[Unit]\nDefaultDependencies=no\nAfter=systemd-journald.service\n[Service]\nType=oneshot\nExecStart=/bin/bash %s\nExecStopPost=/bin/sh -c %s\nStandardOutput=file:/mnt/shared/out\nStandardError=inherit\n' \
    "$*" "'systemctl exit \$\$EXIT_STATUS'" > "$new/etc/systemd/system/deploy.service"

  cd "$new" || exit 1
  pivot_root . mnt/old || exit 1
  umount -l /mnt/old || exit 1
  ip link set lo up
  hostname gateway
  # Nothing of the kernel that is not a namespace's.
  exec setpriv --bounding-set=-sys_module,-sys_time,-sys_rawio,-sys_boot,-syslog,-mknod,-wake_alarm env -i container=deploy PATH=/usr/sbin:/usr/bin:/sbin:/bin \
    /lib/systemd/systemd --unit="$MACHINE_TARGET" --log-target=journal --show-status=no
}

[ "${1:-}" != boot ] || { set -eu; "$@"; }
