# shellcheck shell=bash
# unit-machine.sh: for check-unit.sh and check-unit-lock.sh, which set `stage` and `policy`, stand in
# the top directory, and take what is defined here.
#
# A systemd of its own is pid 1 there, with the programs of this machine read-only, an /etc and a
# /run in memory, a loopback of its own and a cgroup below this one's. With it run sshd, the module
# and the daemon out of STAGE_DIR. Nothing stays behind. Needs root, cgroup v2 and the packages
# systemd and openssh-server.
#
# UNIT=FILE in the environment takes the place of systemd/lapsed.service, to see what is missed when
# something is taken away; NO_SOCKET=1 leaves lapse-lock.socket out; KEEP=1 leaves the machine up and
# says how to enter it.
: "${stage:?}" "${policy:?}"
hierarchy=$(findmnt -nro TARGET -t cgroup2 | head -n 1)
[ -n "$hierarchy" ] || { echo "$0: cgroup v2 is not mounted here" >&2; exit 1; }
cgroup=$hierarchy/lapse-unit-$$
work=$(mktemp -d)
machine=
console=0

finish() {
    # Pid 1's death takes its whole pid namespace with it.
    [ -z "$machine" ] || { kill -KILL "$machine"; wait "$machine"; } 2>/dev/null || true
    for _ in $(seq 50); do
        find "$cgroup" -depth -type d -exec rmdir {} + 2>/dev/null && break
        sleep 0.1
    done
    rm -rf "$work"
    [ "$console" -gt 0 ] || return 0
    # The screen of the virtual terminal would outlive the machine: VT_DISALLOCATE of linux/vt.h.
    perl -e 'open my $all, "+<", "/dev/tty0" or exit; ioctl $all, 0x5608, $ARGV[0] + 0' "$console"
}
trap finish EXIT

# A virtual terminal that has no screen yet is nobody's.
if [ -e /dev/tty0 ]; then
    for number in $(seq 61 -1 40); do
        [ -e "/dev/vcs$number" ] || { console=$number && break; }
    done
fi

# What pid 1 does before it becomes systemd.
cat >"$work/init" <<'INIT'
set -eu
root=$work/root
mkdir $root
mount -t tmpfs -o mode=755,nosuid machine $root
for directory in /usr /bin /sbin /lib /lib32 /lib64 /libx32 /opt; do
    if [ -L $directory ]; then
        cp -P $directory $root$directory
    elif [ -d $directory ]; then
        mkdir $root$directory
        mount --bind $directory $root$directory
        mount -o remount,bind,ro $root$directory
    fi
done
furnish $root
mount -t tmpfs -o mode=755,nosuid dev $root/dev
mkdir $root/dev/{pts,shm}
mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts $root/dev/pts
ln -s pts/ptmx $root/dev/ptmx
for node in "null 1 3" "zero 1 5" "full 1 7" "random 1 8" "urandom 1 9" "tty 5 0"; do
    set -- $node
    mknod -m 666 $root/dev/$1 c $2 $3
done
if [ $CONSOLE -gt 0 ]; then
    # Without the first logind has no session on a virtual terminal.
    mknod -m 600 $root/dev/tty0 c 4 0
    mknod -m 600 $root/dev/tty$CONSOLE c 4 $CONSOLE
    mknod -m 600 $root/dev/vcs$CONSOLE c 7 $CONSOLE
    mknod -m 600 $root/dev/vcsa$CONSOLE c 7 $((CONSOLE + 128))
fi
mount -t proc -o nosuid,nodev,noexec proc $root/proc
mount -t sysfs -o ro,nosuid,nodev,noexec sysfs $root/sys
mount -t cgroup2 -o nosuid,nodev,noexec cgroup2 $root/sys/fs/cgroup
mount -t tmpfs -o mode=755,nosuid,nodev run $root/run
cd $root
pivot_root . host
umount -l /host
rmdir /host
hostname machine
exec env -i container=lapse-unit PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    /lib/systemd/systemd --system --log-target=null --show-status=no
INIT

# shellcheck source=scripts/machine-etc.sh
. scripts/machine-etc.sh

mkdir "$cgroup"
mkfifo "$work/keys" "$work/keys2"
export CONSOLE=$console work stage
export -f furnish
(
    echo "$BASHPID" >"$cgroup/cgroup.procs"
    exec unshare --mount --pid --net --uts --ipc --cgroup --fork --kill-child bash "$work/init"
) </dev/null >"$work/pid1.out" 2>&1 &
machine=$!

inside() { nsenter --target "$pid1" --mount --pid --net --uts --ipc --cgroup -- "$@"; }
# shellcheck source=scripts/machine-checks.sh
. scripts/machine-checks.sh

pid1=
for _ in $(seq 50); do
    kill -0 "$machine" 2>/dev/null || break
    pid1=$(tr -d ' ' <"/proc/$machine/task/$machine/children") || true
    [ -z "$pid1" ] || [ "$(cat "/proc/$pid1/comm")" != systemd ] || break
    sleep 0.1
done
[ -n "$pid1" ] || fail "no pid 1: $(cat "$work/pid1.out")"
[ -z "${KEEP:-}" ] || {
    echo "nsenter -t $pid1 -m -p -n -u -i -C -- bash   # Enter here ends the machine"
    read -r _
    exit 0
}

await 30 "systemd started the unit and got its READY=1" is ActiveState active
is StatusErrno 0 && is NRestarts 0 || fail "it started with trouble"
status=/proc/$(property MainPID)/status
inside grep -q '^Seccomp:.*2$' "$status" && inside grep -q '^NoNewPrivs:.*1$' "$status" ||
    fail "the hardening is not in force"
pass "hardened: $(inside grep CapBnd "$status" | tr '\t' ' ')"
await 5 "sshd listens" inside bash -c 'exec 3<>/dev/tcp/127.0.0.1/22'

