#!/usr/bin/env bash
# The first process inside: makes of the bare kernel a place where a command can run, runs it, and halts.
#   init.sh MODPROBE OUT COMMAND…
# The root is the host's own disk. So nothing is written but under OUT, and to file systems in memory: unix sockets need one anyway.
MODPROBE=$1 OUT=$2; shift 2
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/run DOTNET_EnableDiagnostics=0
# Page faults and system calls are dear here, and there is one processor.
export DOTNET_EnableWriteXorExecute=0 DOTNET_TieredPGO=0 DOTNET_gcConcurrent=0 DOTNET_ThreadPool_UnfairSemaphoreSpinLimit=0
exec < /dev/null >> "$OUT/results" 2>&1

mount -t proc proc /proc
mount -t sysfs sysfs /sys
mountpoint -q /dev || mount -t devtmpfs devtmpfs /dev
ln -sfn /proc/self/fd /dev/fd
mkdir -p /dev/shm
for folder in /run /dev/shm /var/tmp; do mount -t tmpfs tmpfs "$folder"; done
export TMPDIR=/dev/shm

# The kernel asks for ciphers by itself as SAs name them; protocols it does not.
echo "$MODPROBE" > /proc/sys/kernel/modprobe
"$MODPROBE" -a ipv6 esp4 esp6 xfrm_user veth tun authenc echainiv seqiv sch_ingress sch_prio sch_netem cls_matchall cls_u32 act_nat act_pedit act_csum || echo "a module is missing"
ip link set lo up

"$@"
touch "$OUT/end"
halt -f > /dev/null 2>&1
