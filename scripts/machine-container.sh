# shellcheck shell=bash
# machine-container.sh: a machine of a test in namespaces of its own, with a systemd as pid 1. Who
# takes this sets `name`, stands in the top directory, writes "$work/init", which prepares a root and
# ends in become_pid1, and calls boot. Nothing stays behind. Needs root and cgroup v2.
#
# KEEP=1 in the environment leaves the machine up and says how to enter it.
: "${name:?}"
hierarchy=$(findmnt -nro TARGET -t cgroup2 | head -n 1)
[ -n "$hierarchy" ] || { echo "$0: cgroup v2 is not mounted here" >&2; exit 1; }
cgroup=$hierarchy/lapse-$name-$$
work=$(mktemp -d)
machine='' pid1=''

finish() {
    # Pid 1's death takes its whole pid namespace with it.
    [ -z "$machine" ] || { kill -KILL "$machine"; wait "$machine"; } 2>/dev/null || true
    for _ in $(seq 50); do
        find "$cgroup" -depth -type d -exec rmdir {} + 2>/dev/null && break
        sleep 0.1
    done
    rm -rf "$work"
}
trap finish EXIT

# populate ROOT: the kernel's file systems of the machine.
populate() {
    local root=$1 node
    mount -t tmpfs -o mode=755,nosuid dev "$root/dev"
    mkdir "$root"/dev/{pts,shm}
    mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts "$root/dev/pts"
    ln -s pts/ptmx "$root/dev/ptmx"
    for node in "null 1 3" "zero 1 5" "full 1 7" "random 1 8" "urandom 1 9" "tty 5 0"; do
        # shellcheck disable=SC2086
        set -- $node
        mknod -m 666 "$root/dev/$1" c "$2" "$3"
    done
    mount -t proc -o nosuid,nodev,noexec proc "$root/proc"
    mount -t sysfs -o ro,nosuid,nodev,noexec sysfs "$root/sys"
    mount -t cgroup2 -o nosuid,nodev,noexec cgroup2 "$root/sys/fs/cgroup"
    mount -t tmpfs -o mode=755,nosuid,nodev run "$root/run"
}

# become_pid1 ROOT: enters it, where /host is a directory, and is systemd from then on.
become_pid1() {
    cd "$1" || exit
    pivot_root . host
    umount -l /host
    rmdir /host
    hostname machine
    exec env -i container="lapse-$name" PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
        /lib/systemd/systemd --system --log-target=null --show-status=no
}

inside() { nsenter --target "$pid1" --mount --pid --net --uts --ipc --cgroup -- "$@"; }
# shellcheck source=scripts/machine-checks.sh
. scripts/machine-checks.sh

# boot: runs "$work/init" until systemd is there.
boot() {
    mkdir "$cgroup"
    export name work
    export -f populate become_pid1
    (
        echo "$BASHPID" >"$cgroup/cgroup.procs"
        exec unshare --mount --pid --net --uts --ipc --cgroup --fork --kill-child bash "$work/init"
    ) </dev/null >"$work/pid1.out" 2>&1 &
    machine=$!
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
}
