#!/bin/sh
# Process 1 of the User-Mode-Linux kernel: mounts what the suites need, runs each bundled suite beside this file, halts.
# The root is the machine's own file system, read-only. Every fork is slow here, so there are few.
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
HOME=/root TMPDIR=/dev/shm
export PATH HOME TMPDIR
here=${0%/*}
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t configfs configfs /sys/kernel/config
mount -t debugfs debugfs /sys/kernel/debug
[ -e /dev/uhid ] || mount -t devtmpfs devtmpfs /dev
mkdir -p /dev/pts /dev/shm
mount -t devpts devpts /dev/pts
mount -t tmpfs tmpfs /dev/shm
mount -t tmpfs tmpfs /run
echo GUEST-UP
rc=0
for suite in "$here"/suites/*.suite.js; do
  "$here/node" "$suite" || rc=1
done
echo "GUEST-DONE rc=$rc"
echo o >/proc/sysrq-trigger
# The power goes while this waits.
sleep 60
