#!/bin/bash
# check-unit-lock.sh STAGE_DIR: locks sessions under a real systemd, on a private machine (see
# unit-machine.sh): logind's and systemd's view of them is the same before, during and after.
set -euo pipefail
[ $# -eq 1 ] && [ -x "$1/lapsed" ] || { echo "usage: $0 STAGE_DIR" >&2; exit 2; }
stage=$(readlink -f "$1")
cd "$(dirname "$0")/.."
policy='[defaults]
on-idle = "lock"
idle = "5s"
lock-for = "20s"
warn = []
lifetime = "never"
activity = ["input"]'
# shellcheck source=scripts/unit-machine.sh
. scripts/unit-machine.sh

await 5 "lockers are served" inside test -S /run/lapse/locker
[ "$(inside stat -c %a /run/lapse/locker)" = 600 ] || fail "anybody may ask for lockers"
echo "     $(inside systemd-analyze security lapsed.service --no-pager | tail -n 1)"
if prlimit --nice=30:30 true 2>/dev/null; then
    expect_share
else
    echo "!!! NOT TRIED: its autogroup's nice value; root has no CAP_SYS_RESOURCE here for LimitNICE="
fi

# tick FILE: counts in FILE, 50 times a second, without a child.
inside tee /lapse/tick >/dev/null <<'PERL'
#!/usr/bin/perl
open my $file, '>', $ARGV[0] or die;
for (my $count = 0; ; $count++) {
    seek $file, 0, 0;
    syswrite $file, "$count\n";
    sysseek $file, 0, 0;
    select undef, undef, undef, 0.02;
}
PERL
# rest GROUP: looks at a group that must stand still every 2 ms until there is /tmp/enough, and says
# how often it did not.
inside tee /lapse/rest >/dev/null <<'PERL'
#!/usr/bin/perl
my ($looks, $moved) = (0, 0);
until (-e '/tmp/enough') {
    my $text = '';
    if (open my $file, '<', "$ARGV[0]/cgroup.events") { local $/; $text = <$file> }
    $moved++ unless $text =~ /frozen 1/;
    $looks++;
    select undef, undef, undef, 0.002;
}
print "$moved of $looks\n";
PERL
inside chmod 755 /lapse/tick /lapse/rest

cgroups=/sys/fs/cgroup
tick() { inside cat "/home/alice/$1" 2>/dev/null; }
# Whether a counter moves within half a second.
runs() {
    local first
    first=$(tick "$1") && sleep 0.5 && [ "$first" != "$(tick "$1")" ]
}
stands() { ! runs "$1"; }
# What the service manager and logind say of a session; times, which move, are left out.
view() {
    inside loginctl show-session "$1" -p Id -p Name -p State -p Active -p Leader -p TTY -p Service \
        -p Scope -p Type -p Class -p Remote -p RemoteHost
    inside systemctl show "session-$1.scope" -p ActiveState -p SubState -p Result -p FreezerState \
        -p ControlGroup -p InvocationID
    inside loginctl list-sessions --no-legend | awk '{ print $1, $2, $3 }'
    inside loginctl session-status "$1" --no-pager | sed -n 's/.*[├└]─ *\([0-9]\+\) .*/\1/p' | sort -n
    inside systemctl status "session-$1.scope" --no-pager -n 0 |
        sed -n -e '/Active:/s/ since.*//p' -e 's/.*[├└]─ *\([0-9]\+\) .*/\1/p' | sort -n
}
same() { diff <(echo "$2") <(view "$session") >&2 || fail "$1: the session looks different"; pass "$1"; }

exec 5<>"$work/keys"
inside ssh -tt alice@127.0.0.1 <&5 >"$work/screen" 2>&1 &
client=$!
await 5 "an ssh session is recorded" log event=opened user=alice service=sshd
id=$(inside /lapse/lapsectl list --json | sed -n 's/.*"id" *: *"\([a-z0-9]*\)".*/\1/p' | head -n 1)
echo "stty -echo; /lapse/tick back & exec 3>&1; /lapse/tick front" >&5
await 5 "... a job in the background" runs back
await 5 "... one in the foreground" runs front
front=$(inside pgrep -f 'tick front')
back=$(inside pgrep -f 'tick back')
scope=$(group_of "$front")
session=${scope##*/session-}
session=${session%.scope}
group=$scope/lapse-$id
before=$(view "$session")
shell=$(inside ps -o ppid= -p "$front" | tr -d ' ')

await 10 "it is locked" happened locked 1
await 2 "... by a locker of lapse-lock@.service" a_locker
await 1 "... which asks" text "Press Enter" screen
is_held "$front" && is_held "$shell" || fail "who reads is not in $group"
pass "... who reads is in a group below the session's scope"
in_group "$back" "$scope" || fail "the background job was moved"
inside grep -q 'frozen 1' "$cgroups$group/cgroup.events" || fail "the group does not stand still"
stands front || fail "the foreground runs on"
runs back || fail "the background stands still"
pass "... the foreground stands still, the background runs on"
same "... logind and systemd see the session as before" "$before"
type() { printf '%s\r' "$1" >&5; }
type ""
await 2 "... asks for the password" text "assword" screen
type wrong
await 5 "a wrong password leaves it locked" happened reauth-failed 1
stands front || fail "the foreground runs on"
is_held "$front" || fail "a wrong password put something back"

# The user's own service manager has systemd give it any process of his, if he asks for it. The kernel
# tells, and it is taken back at once.
# attack COUNT: from another session of his.
attack() {
    : >"$work/screen2"
    exec 6<>"$work/keys2"
    inside ssh -tt alice@127.0.0.1 <&6 >"$work/screen2" 2>&1 &
    other=$!
    cat >&6 <<SH
export XDG_RUNTIME_DIR=/run/user/1001
for number in \$(seq $1); do busctl --user call org.freedesktop.systemd1 /org/freedesktop/systemd1 \
    org.freedesktop.systemd1.Manager StartTransientUnit 'ssa(sv)a(sa(sv))' evil$1-\$number.scope fail \
    1 PIDs au 2 $front $shell 0; sleep 0.05; done; echo all-"done"; exit
SH
    await 15 "another session has the user's service manager take them out, $1 times" text all-done screen2
    await 2 "... and leaves" gone "$other"
}
attack 2
grep -q '/job/' "$work/screen2" || fail "the attack was none"
is_held "$front" && is_held "$shell" || fail "they are somewhere else"
stands front || fail "the foreground runs on"
log event=fault "somebody has moved processes" || fail "the log says nothing of it"
pass "... they are taken back, and the log says so"

# The daemon goes and comes: nothing moves in between.
inside /lapse/rest "$cgroups$group" >"$work/rest" &
rest=$!
inside systemctl restart lapsed.service
await 5 "the daemon restarted, it takes the lock up" log event=adopted "session=$id"
await 5 "... with a new locker" a_locker
inside systemctl kill --signal=KILL --kill-who=main lapsed.service
await 10 "killed, it is started again" is NRestarts 1
await 5 "... and there is a new locker" a_locker
sleep 0.5
stands front || fail "the foreground runs on"
inside touch /tmp/enough
wait "$rest"
grep -q '^0 of ' "$work/rest" || fail "it did not stand still: $(cat "$work/rest") looks"
pass "... nothing moved: $(cat "$work/rest") looks at the group saw it thawed"
same "... logind and systemd see the session as before" "$before"
: >"$work/screen"
type ""
await 3 "it asks again" text "assword" screen
type opensesame
await 5 "the right password unlocks it" happened unlocked 1
await 2 "... the foreground goes on" runs front
await 2 "... no locker is left" no_lockers
in_group "$front" "$scope" && in_group "$shell" "$scope" || fail "not back in the scope's own group"
inside test ! -e "$cgroups$group" || fail "$group is left"
pass "... all are in the scope's own group, the other one is gone"
same "... logind and systemd see the session as before" "$before"
[ -z "$(inside systemctl list-units --all --no-legend 'lapse-lock@*')" ] || fail "a unit is left"
pass "... no unit is left"

printf '\003' >&5

# A job that the user's own service manager has taken into a group of his.
type_line() { printf '%s\n' "$1" >&5; }
printf '\003' >&5
await 3 "Ctrl-C reaches the foreground" stands front
type_line "systemd-run --user --scope --quiet --unit=mine /lapse/tick mine"
await 5 "a job in a scope of the user's own" runs mine
mine=$(inside pgrep -f 'tick mine')
delegated=$(group_of "$mine")
[[ $delegated == */user@1001.service/*/mine.scope ]] || fail "it is in $delegated"
await 10 "it is locked" happened locked 2
await 1 "... it stands still, in a group of ours" is_held "$mine"
stands mine || fail "it runs on"
await 2 "... a locker is there" a_locker
unlock() {
    : >"$work/screen"
    type ""
    await 3 "... asks for the password" text "assword" screen
    type opensesame
    await 5 "the right password unlocks it" happened unlocked "$1"
}
unlock 2
await 2 "... it goes on" runs mine
await 1 "... where it was" in_group "$mine" "$delegated"
await 2 "... alone, as before" inside sh -c "[ \$(cat $cgroups$delegated/cgroup.procs) = $mine ]"

# A locker that dies, and a service manager that serves none.
await 10 "it is locked" happened locked 3
await 2 "... a locker is there" a_locker
first=$(served)
inside kill -KILL "$first"
await 2 "killed, it has a successor" a_locker
[ "$(served)" != "$first" ] || fail "it is not dead"
inside systemctl stop lapse-lock.socket
inside kill -KILL "$(served)"
await 2 "killed while none are served, the next is the daemon's own" own
[[ $(group_of "$(own)") == */lapsed.service ]] || fail "it is in another group"
stands mine || fail "the foreground runs on"
unlock 3
await 2 "... no locker is left" no_lockers
await 2 "... the foreground goes on" runs mine
inside systemctl start lapse-lock.socket

# Nobody comes: the session is ended when lock-for is over. Meanwhile, a console.
await 10 "it is locked" happened locked 4
ssh_id=$id
if [ "$console" -gt 0 ]; then
    tty=/dev/tty$console
    # keys TEXT: from the keyboard of the virtual terminal (TIOCSTI).
    # shellcheck disable=SC2016
    keys() { inside perl -e 'open $tty, "<", shift or die; ioctl $tty, 0x5412, $_ for split //, shift' "$tty" "$1"; }
    screen() { inside od -An -v -tx1 "/dev/vcsa$console" | md5sum; }
    shows() { inside fold -w 80 "/dev/vcs$console" | grep -aqF -- "$1"; }
    inside mkdir -p "/run/systemd/system/getty@tty$console.service.d"
    # As on any machine, but for her name, which nobody types.
    inside tee "/run/systemd/system/getty@tty$console.service.d/machine.conf" >/dev/null <<'UNIT'
[Service]
ExecStart=
ExecStart=-/sbin/agetty --autologin alice --noclear %I linux
Restart=no
UNIT
    inside systemctl daemon-reload
    inside systemctl start "getty@tty$console.service"
    await 5 "a console session is recorded" log event=opened service=login
    id=$(inside /lapse/lapsectl list --json | sed -n 's/.*"id" *: *"\([a-z0-9]*\)".*/\1/p' | grep -vx "$ssh_id")
    await 5 "... its shell is there" shows '$'
    keys $'stty -echo; PS1="> "; clear; printf "\\033[7;31mred\\033[0m\\n"; /lapse/tick screen & cat\r'
    await 5 "... a job in the background" runs screen
    await 5 "... with something on its screen" shows red
    sleep 0.5
    cat=$(inside pgrep -x cat -t "tty$console")
    scope=$(group_of "$cat")
    session=${scope##*/session-}
    session=${session%.scope}
    before=$(view "$session")
    picture=$(screen)
    await 10 "it is locked" happened locked 1
    await 2 "... and says so" shows "This session is locked."
    in_group "$cat" "$scope/lapse-$id/$cat" || fail "the foreground is not in a group of ours"
    runs screen || fail "the background stands still"
    # Newer kernels' consoles have a second screen to switch to, and would come by without.
    inside grep -Eq '"screen" *: *"[0-9A-Za-z+]{4}' "/run/lapse/sessions/$id" || fail "its screen is not kept"
    same "... logind and systemd see the session as before" "$before"
    keys $'\r'
    await 3 "... asks for the password" shows "assword"
    keys $'opensesame\r'
    await 5 "the right password unlocks it" happened unlocked 1
    await 2 "... it is in the scope's own group" in_group "$cat" "$scope"
    [ "$(screen)" = "$picture" ] || fail "its screen is another one"
    pass "... its screen is as before, the cursor and the colours too"
    same "... logind and systemd see the session as before" "$before"
    id=$ssh_id
else
    echo "NOT SEEN: a console session; this machine has no free virtual terminal"
fi
scope=${group%/lapse-*}
await 20 "lock-for is over: ended" log event=ended "session=$id" reason=locked
await 5 "... the client is gone" gone "$client"
await 5 "... its scope and its groups too" inside test ! -e "$cgroups$scope"
session=${scope##*/session-}
inside loginctl show-session "${session%.scope}" >/dev/null 2>&1 && fail "logind still knows it"
pass "... logind does not know it any more"
inside kill -0 "$mine" 2>/dev/null && fail "the job in the user's own scope lives on"
pass "... nothing of it is left"

# Who goes on with that has his session ended.
newest || true
last=$id
exec 5<>"$work/keys"
inside ssh -tt alice@127.0.0.1 <&5 >"$work/screen" 2>&1 &
client=$!
await 5 "another ssh session" newest
echo "/lapse/tick front" >&5
await 5 "... with a job" runs front
front=$(inside pgrep -f 'tick front')
shell=$(inside ps -o ppid= -p "$front" | tr -d ' ')
group=$(group_of "$front")/lapse-$id
await 10 "it is locked" happened locked 1
await 1 "... it stands still" is_held "$front"
attack 12
await 5 "it is ended" log event=ending "session=$id" "moved out of its lock"
await 5 "... the client is gone" gone "$client"

faults=$(inside journalctl --no-pager -o cat -t lapsed | grep event=fault | grep -v "locker on .* has died\|has moved" || true)
[ -z "$faults" ] || fail "the daemon reported: $faults"
pass "no other fault was reported than the lockers that were killed"
