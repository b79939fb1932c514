#!/bin/bash
# check-unit.sh STAGE_DIR: runs systemd/lapsed.service under a real systemd, on a private machine
# (see unit-machine.sh): sessions are watched and ended. Locks: check-unit-lock.sh.
set -euo pipefail
[ $# -eq 1 ] && [ -x "$1/lapsed" ] || { echo "usage: $0 STAGE_DIR" >&2; exit 2; }
stage=$(readlink -f "$1")
cd "$(dirname "$0")/.."
policy=$'[defaults]\nidle = "8s"\nlifetime = "10m"\non-idle = "end"\nwarn = ["4s"]'
# shellcheck source=scripts/unit-machine.sh
. scripts/unit-machine.sh

exec 5<>"$work/keys"
inside ssh -tt alice@127.0.0.1 <&5 >"$work/screen" 2>&1 &
client=$!
await 5 "an ssh session is recorded" log event=opened user=alice service=sshd from=127.0.0.1
id=$(inside /lapse/lapsectl list --json | sed -n 's/.*"id" *: *"\([a-z0-9]*\)".*/\1/p' | head -n 1)
echo "mesg n; tty" >&5
await 5 "its terminal is found" text /dev/pts/ screen
await 5 "... and known" inside /bin/bash -c "/lapse/lapsectl list | grep -q 'pts/'"

leader=$(inside pgrep -nf 'sshd: alice \[priv\]')
inside grep -q 'session-.*\.scope' "/proc/$leader/cgroup" || fail "it is no session of logind's"
pass "... and it is one of logind's too"
scope=$(inside sed -n 's/^0:://p' "/proc/$leader/cgroup")
inside nsenter -t "$(property MainPID)" -m test -w "/sys/fs/cgroup$scope/cgroup.kill" ||
    fail "the daemon cannot kill a session's control group"
pass "... whose control group the daemon can kill"

inside systemctl stop lapsed.service
is ActiveState inactive && kill -0 "$client" && inside test -e "/run/lapse/sessions/$id" ||
    fail "the session does not outlive the unit"
pass "the unit stops, the session and what is known of it stay"
inside systemctl start lapsed.service
await 5 "started again, it takes the session up" log event=adopted "session=$id"
inside systemctl kill --signal=KILL --kill-who=main lapsed.service
await 10 "killed, it is started again" is NRestarts 1
await 5 "... and active" is ActiveState active
inside systemctl reload lapsed.service
await 5 "a reload reads the policy anew" log event=reloaded sessions=1

await 15 "a warning reaches a terminal with mesg n" text "this session is idle" screen
echo >&5
await 2 "a key takes it back" text "activity seen" screen
await 15 "idle: ended with its last words" text "session ended: idle for 8s" screen
await 5 "... the client is gone" gone "$client"
await 5 "... and the reason is in the journal" \
    log event=ended "session=$id" reason=idle limit=8.000s
inside journalctl -o cat -t lapsed LAPSE_EVENT=ended "LAPSE_SESSION=$id" | grep -q ended ||
    fail "the journal's fields cannot be searched"
inside journalctl -o json LAPSE_EVENT=warned "LAPSE_SESSION=$id" | grep -q '"LAPSE_ENDS_IN":"4.0' ||
    fail "the journal lacks a field"
pass "... with its fields"

# A leader that dies: the connection that it left behind is found by its executable and ended.
exec 6<>"$work/keys2"
inside ssh -tt alice@127.0.0.1 <&6 >"$work/screen2" 2>&1 &
client=$!
await 5 "another login" inside pgrep -f 'sshd: alice \[priv\]'
leader=$(inside pgrep -f 'sshd: alice \[priv\]')
await 5 "... recorded" log event=opened user=alice "leader=$leader"
# Its relay must be there before the leader goes: nothing leads from one to the other afterwards.
await 5 "... with its relay" inside pgrep -f 'sshd: alice@pts'
inside kill -KILL "$leader"
await 5 "its leader killed: recorded" log event=closed reason=leader-died
await 10 "... and what it left behind is ended" gone "$client"

if [ "$console" -gt 0 ]; then
    tty=/dev/tty$console
    inside setsid --fork bash -c "exec login -f alice <$tty >$tty 2>&1"
    await 5 "a console session is recorded" log event=opened service=login
    await 5 "... its terminal known" inside bash -c "/lapse/lapsectl list | grep -q 'tty$console '"
    await 15 "... warned on its screen" inside grep -aq "this session is idle" "/dev/vcs$console"
    await 15 "... ended when idle" log event=ended service=login reason=idle
else
    echo "NOT SEEN: a console session; this machine has no free virtual terminal"
fi

if log event=fault; then fail "the daemon reported a fault"; fi
pass "no fault was reported"
echo '[defaults]' >"$work/bad"
echo 'idle = "15"' >>"$work/bad"
inside tee /etc/lapse/lapse.toml <"$work/bad" >/dev/null
inside systemctl restart lapsed.service 2>/dev/null && fail "a bad policy was taken"
sleep 2
is ActiveState failed && is ExecMainStatus 78 || fail "a refused policy is tried again"
pass "a refused policy: exit status 78, not tried again"
inside journalctl -o cat -u lapsed | grep -qF -- '--> /etc/lapse/lapse.toml:2:8' ||
    fail "the journal does not name the place"
pass "... and the journal names file, line and column"
