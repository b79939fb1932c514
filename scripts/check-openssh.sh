#!/bin/bash
# check-openssh.sh STAGE_DIR: the module and the daemon with the sshd of Debian 13 (OpenSSH 10), on a
# private machine: systemd of the same root is pid 1 there, with everything where `make install` puts
# it. sshd since 9.8 is several programs (sshd, sshd-session, sshd-auth) and refuses addresses that
# cause trouble (PerSourcePenalties of sshd_config(5)): a login that Lapse refuses is none.
#
# The root is made once, by mmdebstrap, in TRIXIE (.build/trixie), and only read: what the machine
# writes is in memory. Needs root, cgroup v2, overlayfs, the packages mmdebstrap and util-linux, and
# Debian's mirror the first time. alice logs in with a key or the password "opensesame".
#
# KEEP=1 leaves the machine up and says how to enter it.
set -euo pipefail
[ $# -eq 1 ] && [ -x "$1/lapsed" ] || { echo "usage: $0 STAGE_DIR" >&2; exit 2; }
stage=$(readlink -f "$1")
cd "$(dirname "$0")/.."
base=${TRIXIE:-$PWD/.build/trixie}
name=openssh
# shellcheck source=scripts/machine-container.sh
. scripts/machine-container.sh
# shellcheck source=scripts/machine-target.sh
. scripts/machine-target.sh

[ -e "$base/usr/sbin/sshd" ] || {
    rm -rf "$base.new"
    mkdir -p "$(dirname "$base")"
    mmdebstrap --quiet --variant=minbase --include=dbus,libpam-systemd,openssh-server,procps \
        trixie "$base.new"
    mv "$base.new" "$base"
}

# What pid 1 does before it becomes systemd.
cat >"$work/init" <<'INIT'
set -eu
mount -t tmpfs -o mode=755 memory $work/memory
mkdir -m 755 $work/memory/{files,work,root}
root=$work/memory/root
mount -t overlay -o lowerdir=$BASE,upperdir=$work/memory/files,workdir=$work/memory/work machine $root
mkdir $root/host
populate $root
cp -a $work/files/. $root
chroot $root useradd -m -s /bin/bash -p "$HASH" alice
become_pid1 $root
INIT

# put PATH: standard input becomes a file of the machine's.
put() { mkdir -p "$(dirname "$work/files/$1")" && cat >"$work/files/$1"; }
put etc/machine-id <<<0123456789abcdef0123456789abcdef
put etc/hostname <<<machine
put etc/lapse/lapse.toml <<<$'[defaults]\nidle = "never"\nsessions-max = 3'
put etc/ssh/sshd_config.d/lapse.conf <<'TEXT'
ListenAddress 127.0.0.1
LogLevel VERBOSE
UseDNS no
UnusedConnectionTimeout 2s
AuthorizedKeysFile /etc/ssh/authorized_keys
TEXT
put root/.ssh/config <<'TEXT'
Host *
    User alice
    HostName 127.0.0.1
    StrictHostKeyChecking no
    UserKnownHostsFile /dev/null
    LogLevel ERROR
    BatchMode yes
TEXT
for key in id_ed25519 stranger; do ssh-keygen -q -t ed25519 -N '' -f "$work/files/root/.ssh/$key"; done
put etc/ssh/authorized_keys <"$work/files/root/.ssh/id_ed25519.pub"
# The line of README, where README has it put.
put etc/pam.d/sshd <"$base/etc/pam.d/sshd"
sed -i '/^session.*pam_loginuid/a session [success=ok session_err=die default=ignore] pam_lapse.so' \
    "$work/files/etc/pam.d/sshd"
put etc/pam.d/lapse-unlock <pam.d/lapse-unlock
modules=$(cd "$base" && dirname usr/lib/*/security/pam_unix.so)
install -D -m 644 "$stage/pam_lapse.so" "$work/files/$modules/pam_lapse.so"
install -D "$stage/lapsed" "$work/files/usr/local/sbin/lapsed"
install -D "$stage/lapsectl" "$work/files/usr/local/bin/lapsectl"
install -D "$stage/lapse-lock" "$work/files/usr/local/libexec/lapse-lock"
mkdir -p "$work/files/etc/systemd/system"
cp systemd/lapsed.service systemd/lapse-lock@.service systemd/lapse-lock.socket "$work/files/etc/systemd/system/"
put_target "$work/files/etc/systemd/system"
chmod -R go-w "$work/files"
chmod 600 "$work/files/root/.ssh"/*
chmod 755 "$work/files"
chmod 700 "$work/files/root"

mkdir "$work/memory"
# Known to everybody who reads this, and the machine's alone.
# shellcheck disable=SC2016
HASH=$(perl -e 'print crypt "opensesame", q($6$lapse$)')
export BASE=$base HASH
boot

# open NAME COMMAND...: a client that stays, and reads what is written to 5; what it shows is in NAME.
open() { inside "${@:2}" <"$work/keys" >"$work/$1" 2>&1 & }
# policy LINES: takes the place of the one in force.
policy() {
    inside tee /etc/lapse/lapse.toml <<<$'[defaults]\n'"$1" >/dev/null
    inside lapsectl reload >/dev/null || fail "the policy is refused"
}
# listed COUNT [TEXT]: so many lines of the list have the text.
listed() { [ "$(inside lapsectl list | grep -c "${2:-127.0.0.1}")" -eq "$1" ]; }
ids() { inside lapsectl list --json | sed -n 's/.*"id" *: *"\([a-z0-9]*\)".*/\1/p'; }
penalties() { inside journalctl --no-pager -o cat -u ssh | grep -i penal; }
# The processes of sshd's that serve a session, by their titles: "[priv]", "@pts/0", "@notty".
serving() { inside pgrep -f "^sshd-session: .*$1"; }
no_sshd() { ! serving .; }
await 30 "lapsed is up" inside systemctl is-active lapsed.service
await 10 "sshd is up" inside systemctl is-active ssh.service
pass "it is $(inside ssh -V 2>&1)"
inside sshd -T | grep -i '^persourcepenalties' | grep -q authfail || fail "sshd has no PerSourcePenalties"

# refused WORDS COMMAND...: it comes to an end by itself, fails, and shows the words.
refused() {
    ! inside timeout 20 "${@:2}" </dev/null >"$work/refused" 2>&1 || fail "let in: ${*:2}"
    text "$1" refused || fail "${*:2} shows: $(cat "$work/refused")"
}
thirty() {
    local before after
    before=$(lines event=refused reason=sessions | wc -l)
    for _ in $(seq 30); do refused "$words" ssh machine true; done
    after=$(lines event=refused reason=sessions | wc -l)
    [ $((after - before)) -eq 30 ] || fail "the daemon refused $((after - before)) of 30"
    ! penalties || fail "a refusal has its price"
}
words="Lapse: you have 3 sessions open, and the policy allows 3."
mkfifo "$work/keys"
exec 5<>"$work/keys"
for number in 1 2 3; do open "shell$number" ssh -tt machine; done
await 10 "three sessions are recorded" listed 3
refused "$words" ssh -tt machine
refused "$words" ssh machine
refused "$words" ssh -tt machine true
status=0
inside ssh machine true </dev/null >"$work/refused" 2>&1 || status=$?
[ $status -eq 254 ] || fail "exit status $status"
pass "a fourth is refused: $(cat "$work/refused")"
# The text is no packet of sftp's: its first four bytes, "Laps", are a length for it.
refused "Received message too long 1281454195" sftp machine
pass "... sftp, which cannot show the text, says: $(head -n 1 "$work/refused")"
# sshd looks at what PAM said when a channel opens, and keeps the connection until then.
refused "closed by remote host" ssh -N machine
pass "... ssh -N, which opens no channel, goes with UnusedConnectionTimeout"
thirty
pass "... after 30 more the log of sshd has no penalty, by the defaults"
echo "PerSourcePenalties min:1" | inside tee /etc/ssh/sshd_config.d/min.conf >/dev/null
inside systemctl restart ssh.service
thirty
pass "... nor after 30 with a min of one second"
# Whichever of them reads it.
echo exit >&5
await 5 "one of the three leaves" listed 2
[ "$(inside ssh machine echo in </dev/null)" = in ] || fail "there is room, and the address is kept out"
pass "... the same address is let in at once"

for id in $(ids); do inside lapsectl end "$id" --why "next part" >/dev/null; done
await 10 "the others are ended, and nothing of sshd is left" no_sshd
policy $'idle = "5s"\nwarn = ["2s"]\non-idle = "end"'
open shell ssh -tt machine
open root ssh -tt root@machine
open sftp ssh -s machine sftp
await 5 "sessions with a terminal, of root's, and of sftp are recorded" listed 3
await 5 "... the first two have their terminals" listed 2 pts/
# Until 9.7 one process did all for root.
await 1 "... root's connection has a relay too" serving root@pts
await 5 "a warning reaches the terminals" text "will be ended in 2s" shell root
await 5 "idle: ended with their last words" text "ended: idle for 5s" shell root
ended() { [ "$(lines event=ended reason=idle limit=5.000s | wc -l)" -eq "$1" ]; }
await 5 "... all three" ended 3
await 5 "... and nothing of sshd is left" no_sshd

policy $'idle = "5s"\nwarn = []\non-idle = "lock"\nfreeze = "session"'
open shell ssh -tt machine
await 10 "a session is locked" log event=locked
await 2 "... and asks" text "Press Enter" shell
relay=$(serving alice@pts)
shell=$(inside pgrep -P "$relay")
held() { inside grep -q '^0::.*/lapse-' "/proc/$1/cgroup"; }
held "$shell" && ! held "$relay" || fail "its processes are not where they should be"
pass "... the shell stands still, and sshd's relay goes on"
printf '\r' >&5
await 3 "... it asks for the password" text "Password:" shell
printf 'opensesame\r' >&5
await 5 "unlocked" log event=unlocked how=reauthenticated
put_back() { ! held "$shell" && ! inside pgrep -x lapse-lock; }
await 2 "... everything is where it was" put_back
echo 'echo "still" "here"' >&5
await 2 "... and goes on" text "still here" shell
# What it leaves behind is found by its executable, which is sshd-session now.
inside kill -KILL "$(serving '\[priv\]')"
await 5 "a leader that is killed: recorded" log event=closed reason=leader-died
await 5 "... and what it left behind is ended" no_sshd

forgotten() { listed 0 && [ -z "$(inside ls /run/lapse/sessions)" ]; }
await 5 "the daemon keeps nothing of them" forgotten
! log event=fault || fail "the daemon reported a fault"
pass "no fault was reported"
! penalties || fail "something of this has its price"
pass "the log of sshd still has no penalty"
for _ in $(seq 30); do
    inside ssh -i /root/.ssh/stranger -o IdentitiesOnly=yes machine true </dev/null 2>/dev/null &&
        fail "a stranger is let in"
done
[[ $(penalties) == *"drop connection"*"penalty: failed authentication"* ]] || fail "it never has one"
! inside ssh machine true </dev/null 2>/dev/null || fail "the penalty has no effect"
pass "... but has after 30 failed authentications: $(penalties | head -n 1)"
