#!/bin/bash
# Pid 1 of a stage: builds a private root out of this machine's programs, and stays until its owner
# goes.
#
# Run by `unshare` in fresh mount, pid, net, uts and ipc namespaces, as root. The owner of the stage
# holds the write end of standard input: its closing, by whatever death of the owner, ends this
# process, and with it the kernel ends every process of the pid namespace and then drops the mounts.
#
# Standard output: the line "mounted" once the owner may write its files into the new root.
# Arguments: the host name, then the numbers of the virtual terminals that the stage gets.
set -eu
hostname "$1"
shift

# The new root is memory. Only programs and libraries come from the host, and those read-only.
root=/tmp
mount -t tmpfs -o mode=755,nosuid stage "$root"
for directory in /usr /bin /sbin /lib /lib32 /lib64 /libx32 /opt; do
    if [ -L "$directory" ]; then
        cp -P "$directory" "$root$directory"
    elif [ -d "$directory" ]; then
        mkdir "$root$directory"
        # Not recursive: what the host has mounted below (a shared folder, say) is not the stage's.
        mount --bind "$directory" "$root$directory"
        mount -o remount,bind,ro "$root$directory"
    fi
done
mkdir -m 755 "$root"/{dev,etc,home,lapse,proc,run,sys,var,var/lib,var/log,host}
cp -a /etc/alternatives "$root/etc/"
mkdir -m 700 "$root/root"
mkdir -m 1777 "$root"/{tmp,var/tmp}

mount -t tmpfs -o mode=755,nosuid dev "$root/dev"
mkdir "$root"/dev/{pts,shm}
mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts "$root/dev/pts"
mount -t tmpfs -o mode=1777,nosuid,nodev shm "$root/dev/shm"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
mknod -m 666 "$root/dev/null" c 1 3
mknod -m 666 "$root/dev/zero" c 1 5
mknod -m 666 "$root/dev/full" c 1 7
mknod -m 666 "$root/dev/random" c 1 8
mknod -m 666 "$root/dev/urandom" c 1 9
mknod -m 666 "$root/dev/tty" c 5 0
for number in "$@"; do
    mknod -m 600 "$root/dev/tty$number" c 4 "$number"
    mknod -m 600 "$root/dev/vcs$number" c 7 "$number"
    mknod -m 600 "$root/dev/vcsa$number" c 7 "$((128 + number))"
done

# As on a hybrid host: version 2 has a place of its own (src/basic/cgroup-util.c of systemd).
mkdir -p "$root/sys/fs/cgroup/unified"
mount -t cgroup2 -o nosuid,nodev,noexec cgroup2 "$root/sys/fs/cgroup/unified"

mount -t proc -o nosuid,nodev,noexec proc "$root/proc"
cd "$root"
pivot_root . host
umount -l /host
rmdir /host
ip link set lo up

# The owner writes the stage's files through /proc/PID/root and starts what it needs with nsenter.
echo mounted
# Bash reaps the processes that lose their parent while it waits here, as an init must.
while read -r _; do :; done

# The owner is gone. The screens of the virtual terminals would outlive the namespaces: they are
# dropped (VT_DISALLOCATE, 0x5608 in linux/vt.h), which the kernel refuses while any process has one
# open, and which it also refuses for one that has no screen.
[ $# -gt 0 ] || exit 0
mknod -m 600 /dev/tty0 c 4 0
exec perl -e '
    kill "KILL", -1;
    open my $console, "+<", "/dev/tty0" or exit 1;
    for my $number (@ARGV) {
        for (1 .. 100) {
            last if ioctl $console, 0x5608, $number + 0;
            select undef, undef, undef, 0.01;
        }
    }' "$@"
