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
name=unit console=0
# shellcheck source=scripts/machine-container.sh
. scripts/machine-container.sh

finish_console() {
    finish
    [ "$console" -gt 0 ] || return 0
    # The screen of the virtual terminal would outlive the machine: VT_DISALLOCATE of linux/vt.h.
    perl -e 'open my $all, "+<", "/dev/tty0" or exit; ioctl $all, 0x5608, $ARGV[0] + 0' "$console"
}
trap finish_console EXIT

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
populate $root
if [ $CONSOLE -gt 0 ]; then
    # Without the first logind has no session on a virtual terminal.
    mknod -m 600 $root/dev/tty0 c 4 0
    mknod -m 600 $root/dev/tty$CONSOLE c 4 $CONSOLE
    mknod -m 600 $root/dev/vcs$CONSOLE c 7 $CONSOLE
    mknod -m 600 $root/dev/vcsa$CONSOLE c 7 $((CONSOLE + 128))
fi
become_pid1 $root
INIT

# shellcheck source=scripts/machine-etc.sh
. scripts/machine-etc.sh

mkfifo "$work/keys" "$work/keys2"
export CONSOLE=$console stage
export -f furnish
boot

await 30 "systemd started the unit and got its READY=1" is ActiveState active
is StatusErrno 0 && is NRestarts 0 || fail "it started with trouble"
status=/proc/$(property MainPID)/status
inside grep -q '^Seccomp:.*2$' "$status" && inside grep -q '^NoNewPrivs:.*1$' "$status" ||
    fail "the hardening is not in force"
pass "hardened: $(inside grep CapBnd "$status" | tr '\t' ' ')"
await 5 "sshd listens" inside bash -c 'exec 3<>/dev/tcp/127.0.0.1/22'

