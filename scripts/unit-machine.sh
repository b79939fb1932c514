# shellcheck shell=bash
# unit-machine.sh: for check-unit.sh and check-unit-lock.sh, which set `stage` and `policy`, stand in
# the top directory, and take what is defined here.
#
# A systemd of its own is pid 1 there, with the programs of this machine read-only, an /etc and a
# /run in memory, a loopback of its own and a cgroup below this one's. With it run sshd, the module
# and the daemon out of STAGE_DIR. Nothing stays behind. Needs root, cgroup v2 and the packages
# systemd and openssh-server.
#
# alice logs in with a key; she has the password "opensesame".
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
root=$WORK/root
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
mkdir -m 755 $root/{dev,etc,home,lapse,proc,run,sys,var,var/lib,var/log,host,etc/systemd,etc/lapse}
mkdir -m 755 $root/etc/{pam.d,ssh,systemd/system} $root/home/alice
chown 1001:1001 $root/home/alice
mkdir -m 700 $root/root
mkdir -m 1777 $root/{tmp,var/tmp}
cp -a /etc/alternatives $root/etc/
cp -a "$WORK/etc/." $root/etc/
cp "$STAGE/lapsed" "$STAGE/lapsectl" "$STAGE/lapse-lock" "$STAGE/pam_lapse.so" $root/lapse/
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

# put PATH: standard input becomes a file of the machine's /etc.
put() { mkdir -p "$(dirname "$work/etc/$1")" && cat >"$work/etc/$1"; }
put passwd <<'TEXT'
root:x:0:0:root:/root:/bin/bash
alice:x:1001:1001:alice:/home/alice:/bin/bash
sshd:x:100:65534::/run/sshd:/usr/sbin/nologin
messagebus:x:101:65534::/nonexistent:/usr/sbin/nologin
nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
TEXT
put group <<'TEXT'
root:x:0:
adm:x:4:
tty:x:5:
utmp:x:43:
systemd-journal:x:44:
alice:x:1001:
nogroup:x:65534:
TEXT
# The machine's alone, and known to everybody who reads this.
# shellcheck disable=SC2016
hash=$(perl -e 'print crypt "opensesame", q($6$lapse$)')
put shadow <<<"root:*:19000:0:99999:7:::
alice:$hash:19000:0:99999:7:::"
chmod 640 "$work/etc/shadow"
put nsswitch.conf <<<$'passwd: files\ngroup: files\nshadow: files\nhosts: files'
put hosts <<<"127.0.0.1 localhost machine"
put hostname <<<machine
# It leaves all virtual terminals alone but for the one that is there.
put systemd/logind.conf <<<$'[Login]\nNAutoVTs=0\nReserveVT=0'
put machine-id <<<0123456789abcdef0123456789abcdef
put os-release <<<'PRETTY_NAME="machine"'
put login.defs <<<$'TTYGROUP tty\nTTYPERM 0600\nLOGIN_TIMEOUT 60'
for service in sshd login; do
    put pam.d/$service <<'TEXT'
auth required pam_permit.so
account required pam_permit.so
session required pam_loginuid.so
session [success=ok session_err=die default=ignore] /lapse/pam_lapse.so
session optional pam_systemd.so
TEXT
done
put pam.d/lapse-unlock <<<$'auth required pam_unix.so\naccount required pam_unix.so'
put pam.d/systemd-user <<<$'account required pam_permit.so\nsession optional pam_systemd.so'
put lapse/lapse.toml <<<"$policy"
ssh-keygen -q -t ed25519 -N '' -f "$work/etc/ssh/key" 2>/dev/null ||
    { mkdir -p "$work/etc/ssh" && ssh-keygen -q -t ed25519 -N '' -f "$work/etc/ssh/key"; }
cp "$work/etc/ssh/key.pub" "$work/etc/ssh/authorized_keys"
put ssh/sshd_config <<'TEXT'
ListenAddress 127.0.0.1
HostKey /etc/ssh/key
AuthorizedKeysFile /etc/ssh/authorized_keys
KbdInteractiveAuthentication no
PasswordAuthentication no
UsePAM yes
UseDNS no
PrintMotd no
PrintLastLog no
TEXT
put ssh/ssh_config <<'TEXT'
IdentityFile /etc/ssh/key
StrictHostKeyChecking no
UserKnownHostsFile /dev/null
LogLevel ERROR
TEXT
put systemd/system/ssh.service <<'TEXT'
[Unit]
After=lapsed.service
[Service]
RuntimeDirectory=sshd
ExecStart=/usr/sbin/sshd -D -e
KillMode=process
TEXT
put systemd/system/machine.target <<'TEXT'
[Unit]
Wants=lapsed.service ssh.service dbus.service
Wants=systemd-logind.service systemd-user-sessions.service
After=lapsed.service ssh.service dbus.service
Requires=basic.target
TEXT
for unit in systemd-{udevd,sysusers,tmpfiles-setup-dev,hwdb-update,networkd,timesyncd}.service \
    getty.target; do
    ln -s /dev/null "$work/etc/systemd/system/$unit"
done
ln -s machine.target "$work/etc/systemd/system/default.target"
sed -e "s,/usr/local/sbin,/lapse," "${UNIT:-systemd/lapsed.service}" |
    put systemd/system/lapsed.service
sed -e "s,/usr/local/libexec,/lapse," systemd/lapse-lock@.service | put systemd/system/lapse-lock@.service
[ -n "${NO_SOCKET:-}" ] || put systemd/system/lapse-lock.socket <systemd/lapse-lock.socket

mkdir "$cgroup"
mkfifo "$work/keys" "$work/keys2"
export WORK=$work STAGE=$stage CONSOLE=$console
(
    echo "$BASHPID" >"$cgroup/cgroup.procs"
    exec unshare --mount --pid --net --uts --ipc --cgroup --fork --kill-child bash "$work/init"
) </dev/null >"$work/pid1.out" 2>&1 &
machine=$!

fail() {
    echo "FAILED: $*" >&2
    inside journalctl --no-pager -o cat -u lapsed >&2 || cat "$work/pid1.out" >&2
    exit 1
}
pass() { echo "ok   $*"; }
inside() { nsenter --target "$pid1" --mount --pid --net --uts --ipc --cgroup -- "$@"; }
# log WORDS...: whether the daemon's journal has a line with all the words.
log() {
    local lines word
    lines=$(inside journalctl --no-pager -o cat -t lapsed)
    for word in "$@"; do lines=$(grep -F -- "$word" <<<"$lines") || return 1; done
}
# await SECONDS WHAT COMMAND...: the command comes true in time.
await() {
    local limit=$(($1 * 10)) what=$2
    shift 2
    until "$@" >/dev/null 2>&1; do
        limit=$((limit - 1))
        [ $limit -gt 0 ] || fail "$what"
        sleep 0.1
    done
    pass "$what"
}
property() { inside systemctl show lapsed.service -P "$1"; }
is() { [ "$(property "$1")" = "$2" ]; }
text() { grep -aqF -- "$1" "$work/$2"; }
gone() { ! kill -0 "$1"; }

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

