#!/bin/bash
# suspend-cases.sh: what check-suspend.sh has its virtual machine do, as root on it.
#
# Users sit at terminals of tmux, whose screens can be looked at, and come in over ssh. The machine
# wakes by its own clock. While it sleeps CLOCK_BOOTTIME goes on and CLOCK_MONOTONIC does not: a
# suspend that was none fails.
set -euo pipefail
cd "$(dirname "$0")/.."
work=/run/cases
mkdir -p $work
mkfifo $work/keys
inside() { "$@"; }
# shellcheck source=scripts/machine-checks.sh
. scripts/machine-checks.sh
cgroups=/sys/fs/cgroup
name='' resumed=0

# sleep SECONDS [FILE TEXT]: suspends the machine, writes TEXT into FILE as soon as it runs again, and
# prints both clocks (MONOTONIC, BOOTTIME) before and after. It is a process like others: those that
# it races with are let go in the same moment as itself.
cat >$work/sleep <<'PERL'
#!/usr/bin/perl
# 228 is clock_gettime on x86_64; 1 and 7 are the clocks, as in linux/time.h.
sub clock { my $time = pack 'qq'; syscall 228, $_[0] + 0, $time; my ($s, $n) = unpack 'qq', $time; $s + $n / 1e9 }
my ($seconds, $path, $text) = @ARGV;
open my $file, '>', $path or die if $path;
my @before = (clock(1), clock(7));
my $child = fork // die;
if (!$child) {
    open STDOUT, '>', '/dev/null';
    open STDERR, '>', '/dev/null';
    exec qw(rtcwake -u -m mem -s), $seconds;
}
for (;;) {
    my @now = (clock(1), clock(7));
    if ($now[1] - $now[0] - ($before[1] - $before[0]) > 1) {
        syswrite $file, $text if $file;
        printf "%.6f %.6f %.6f %.6f\n", @before, @now;
        last;
    }
    die "it did not sleep\n" if $now[0] - $before[0] > 30;
    select undef, undef, undef, 0.001;
}
waitpid $child, 0;
PERL
# suspend SECONDS [FILE TEXT]: `resumed` is CLOCK_MONOTONIC at the resume in microseconds, as the
# journal has it.
suspend() {
    local line before after
    line=$(perl $work/sleep "$@") || fail "no suspend"
    read -r -a clocks <<<"$line"
    before=$(perl -e 'printf "%.2f", $ARGV[1] - $ARGV[0]' "${clocks[0]}" "${clocks[2]}")
    after=$(perl -e 'printf "%.2f", $ARGV[1] - $ARGV[0]' "${clocks[1]}" "${clocks[3]}")
    resumed=$(perl -e 'printf "%d", $ARGV[0] * 1e6' "${clocks[2]}")
    pass "suspended: CLOCK_BOOTTIME went on $after s, CLOCK_MONOTONIC $before s"
}

# policy LINES: is in force. Work and warnings are left out unless LINES have them.
policy() {
    local before
    before=$(log_line event=reloaded | wc -l || true)
    printf '[defaults]\nlifetime = "never"\nactivity = ["input"]\non-idle = "lock"\n%s\n' "$1" >/etc/lapse/lapse.toml
    systemctl reload lapsed.service
    reloaded() { [ "$(log_line event=reloaded | wc -l)" -gt "$before" ]; }
    await 10 "policy: $(tr '\n' ' ' <<<"$1")" reloaded
}

# Terminals.
terminal() { tmux -u -L cases "$@"; }
# login NAME: a session in a terminal of its own; `id` and `shell` are its.
login() {
    name=$1
    last=$id
    terminal new-session -d -s "$name" -x 80 -y 24 "ssh -tt alice@127.0.0.1"
    known "$name"
}
known() {
    await 20 "a session, $1" newest
    await 20 "... its shell is there" at_prompt
    shell=$(pgrep -n -u alice -x bash)
    tty=/dev/$(ps -o tty= -p "$shell" | tr -d ' ')
    group=$(group_of "$shell")/lapse-$id
}
screen() { terminal capture-pane -p -t "$name"; }
# The same with the cursor's place.
picture() { screen && terminal display-message -p -t "$name" '#{cursor_x} #{cursor_y}'; }
shows() { screen | grep -qF -- "$1"; }
looks_like() { [ "$(picture)" = "$1" ]; }
at_prompt() { shows '$'; }
keys() { terminal send-keys -t "$name" -l -- "$1"; }
enter() { terminal send-keys -t "$name" Enter; }
# How long after the resume the journal had a line of that event, in milliseconds.
after_resume() {
    local at
    at=$(journalctl --no-pager -o json -t lapsed LAPSE_EVENT="$1" LAPSE_SESSION="$id" | tail -n 1 |
        sed -n 's/.*"__MONOTONIC_TIMESTAMP" *: *"\([0-9]*\)".*/\1/p')
    perl -e 'printf "%.1f", ($ARGV[0] - $ARGV[1]) / 1000' "$at" "$resumed"
}
# at_once EVENT: it came right after the resume. Emulated, it takes most of a second.
at_once() {
    local time
    time=$(after_resume "$1")
    [ "${time%.*}" -lt 3000 ] || fail "event=$1 $time ms after the resume"
    pass "... $time ms after the resume"
}
lines_of() { log_line "session=$id" | sed -e 's/session=.*from=[0-9.]* *//' -e 's/^/     /'; }

# Whether the lock stands as it should.
frozen() { grep -q 'frozen 1' "$cgroups$group/cgroup.events"; }
stands() {
    frozen || fail "the group does not stand still"
    is_held "$shell" || fail "the shell is not in the group of the lock"
    [ "$(stat -c %U "$tty")" = root ] || fail "the terminal is not root's"
    a_locker || fail "there is no locker"
    shows "This session is locked." || fail "there is no lock on the screen: $(screen)"
    [ "$(count unlocked "session=$id")" -eq "${1:-0}" ] || fail "it was unlocked"
    pass "... locked: frozen, the terminal root's, a locker, its screen"
}
# answer PASSWORD: to the prompt.
answer() { keys "$1" && enter; }
asks() { shows "assword:"; }
# unlock [COUNT]: with the password; it is the session's unlock of that number.
unlock() {
    enter
    await 10 "... a key brings the prompt" asks
    finish_unlock opensesame "${1:-1}"
}
finish_unlock() {
    answer "$1"
    await 20 "the password unlocks it" happened unlocked "$2"
    await 5 "... no locker is left" no_lockers
    await 5 "... nor a group" test ! -e "$cgroups$group"
    [ "$(stat -c %U "$tty")" = alice ] || fail "the terminal is not the user's"
}
logout() {
    terminal kill-session -t "$name" 2>/dev/null || true
    await 15 "... it is closed" happened closed 1
}

grep -q '\[deep\]' /sys/power/mem_sleep || fail "this kernel does not suspend to RAM"
await 30 "systemd started the unit" is ActiveState active
# Where root may not raise RLIMIT_NICE, as on some machines of tests, make unit cannot see it.
expect_share
await 20 "sshd listens" bash -c 'exec 3<>/dev/tcp/127.0.0.1/22'
terminal start-server \; new-session -d -s first -x 80 -y 24 \; set -g default-terminal screen \; set -g status off \; set -g remain-on-exit on
cases=$(cat cases)
only() { [ -z "$cases" ] || [[ " $cases " == *" $1 "* ]]; }

if only 1; then
    echo "1. A locked session, the machine suspended"
    policy $'idle = "10s"\nwarn = []\nlock-for = "1h"'
    login one
    keys "touch half-"
    await 5 "... a line half typed" shows "touch half-"
    picture=$(picture)
    await 30 "it is locked" happened locked 1
    await 10 "... and asks" shows "Press Enter"
    stands
    locker=$(served)
    suspend 20
    stands
    [ "$(served)" = "$locker" ] || fail "it is another locker"
    answer "touch slipped"
    await 10 "... what is typed brings the prompt" asks
    answer "touch slipped"
    await 20 "... and is a wrong password" happened reauth-failed 1
    stands
    await 20 "... it asks again" asks
    finish_unlock opensesame 1
    await 5 "... the screen is as before" looks_like "$picture"
    answer "typed"
    await 5 "... so is the line that was half typed" test -e /home/alice/half-typed
    [ ! -e /home/alice/slipped ] || fail "the shell read what was typed at the lock"
    pass "... and the shell has read nothing else"
    logout
fi

if only 2; then
    echo "2. The idle limit passes while the machine sleeps"
    policy $'idle = "15s"\nwarn = []\nlock-for = "1h"'
    login two
    answer "touch begun"
    sleep 5
    suspend 30
    await 5 "it is locked" happened locked 1
    at_once locked
    await 5 "... and asks" shows "Press Enter"
    stands
    unlock
    logout
    # A key that is there at once: it cannot avert what a sleep as long as the limit brings.
    policy $'idle = "10s"\nwarn = ["5s"]\nlock-for = "1h"'
    for round in 1 2 3; do
        name=two-$round
        last=$id
        exec 5<>$work/keys
        terminal new-session -d -s $name -x 80 -y 24 "ssh -tt alice@127.0.0.1 <$work/keys"
        known "$name"
        echo "touch before-$round" >&5
        await 5 "... it reads" test -e /home/alice/before-$round
        suspend 15 $work/keys "touch slipped-$round"$'\n'
        await 5 "locked, whatever is typed in the moment of the resume" happened locked 1
        at_once locked
        await 5 "... its screen is there" shows "This session is locked."
        stands
        logout
        exec 5>&-
    done
fi

if only 3; then
    echo "3. lock-for passes while the machine sleeps"
    policy $'idle = "10s"\nwarn = ["2s"]\nlock-for = "20s"'
    login three
    await 30 "it is locked" happened locked 1
    warnings=$(count warned "session=$id")
    suspend 40
    await 5 "it is ended" happened ending 1
    at_once ending
    await 20 "... over" log event=ended "session=$id" reason=locked
    [ "$(count warned "session=$id")" -eq "$warnings" ] || echo "NOTE there was a warning"
    await 5 "... no locker is left" no_lockers
    await 5 "... nor a group" test ! -e "$cgroups$group"
    lines_of
    screen | sed -n '/./s/^/     | /p'
    terminal kill-session -t three
fi

if only 4; then
    echo "4. A session in use, its limit further away than the machine sleeps"
    policy $'idle = "60s"\nwarn = ["20s"]\nlock-for = "1h"'
    login four
    answer "touch used"
    sleep 2
    suspend 30
    sleep 3
    for event in warned locked ending; do
        [ "$(count $event "session=$id")" -eq 0 ] || fail "$event: $(lines_of)"
    done
    pass "neither warned nor locked"
    await 30 "it is warned in time" happened warned 1
    idle=$(log_line "event=warned session=$id" | sed 's/.*idle=\([0-9]*\).*/\1/')
    [ "$idle" -ge 40 ] && [ "$idle" -le 42 ] || fail "idle for $idle s"
    await 40 "... and locked" happened locked 1
    idle=$(log_line "event=locked session=$id" | sed 's/.*idle=\([0-9]*\).*/\1/')
    [ "$idle" -ge 60 ] && [ "$idle" -le 62 ] || fail "idle for $idle s"
    lines_of
    await 5 "... and asks" shows "Press Enter"
    unlock
    logout
fi

if only 5; then
    echo "5. A warned user, the machine suspended over the deadline"
    policy $'idle = "20s"\nwarn = ["15s", "5s"]\nlock-for = "1h"'
    login five
    answer "touch warned"
    await 20 "he is warned" happened warned 1
    suspend 30
    await 5 "it is locked" happened locked 1
    at_once locked
    await 5 "... and asks" shows "Press Enter"
    stands
    lines_of
    unlock
    logout
    echo "   ... one who had not been warned yet, and a sleep that is shorter than the limit"
    policy $'idle = "35s"\nwarn = ["10s", "5s"]\nlock-for = "1h"'
    login five-b
    answer "touch unwarned"
    sleep 10
    suspend 30
    await 5 "he is warned" happened warned 1
    at_once warned
    await 30 "it is locked" happened locked 1
    promised=$(after_resume locked)
    [ "${promised%.*}" -ge 10000 ] || fail "locked $promised ms after the resume, before the time that was told"
    pass "... $promised ms after the resume, not before the time that he was told"
    lines_of
    unlock
    logout
fi

if only 6; then
    echo "6. A password half typed"
    policy $'idle = "10s"\nwarn = []\nlock-for = "1h"'
    login six
    await 30 "it is locked" happened locked 1
    await 10 "... and asks" shows "Press Enter"
    enter
    await 10 "... for the password" asks
    keys opense
    sleep 1
    suspend 20
    stands
    asks || fail "the prompt is gone"
    finish_unlock same 1
    await 30 "it is locked again" happened locked 2
    await 10 "... and asks" shows "Press Enter"
    enter
    await 10 "... for the password" asks
    keys opense
    typed=$(date +%s)
    suspend 70
    sleep 2
    asks && pass "a prompt keeps its minute: sleep does not count" || echo "NOTE the prompt is gone"
    await 70 "... and is gone in the end" shows "Press Enter"
    echo "     $(($(date +%s) - typed)) s after the last key, on the wall clock"
    stands 1
    unlock 2
    [ "$(count reauth-failed "session=$id")" -eq 0 ] || fail "half a password was tried"
    pass "... half a password was never tried"
    logout
fi

if only 7; then
    echo "7. Five times in a row"
    policy $'idle = "10s"\nwarn = []\nlock-for = "1h"'
    login seven
    await 30 "it is locked" happened locked 1
    await 10 "... and asks" shows "Press Enter"
    # QEMU tells of its clock's alarm in S3 alone: nothing would wake the machine from s2idle.
    for _ in 1 2 3 4 5; do
        suspend 4
        stands
    done
    unlock
    answer "touch seven"
    await 5 "... its shell goes on" test -e /home/alice/seven
    logout
fi

if only 8; then
    echo "8. user.slice frozen over the sleep, as systemd does since version 256"
    policy $'idle = "10s"\nwarn = []\nlock-for = "1h"'
    login eight
    echo 1 >$cgroups/user.slice/cgroup.freeze
    suspend 20
    await 5 "the limit has passed: it is locked" happened locked 1
    at_once locked
    echo 0 >$cgroups/user.slice/cgroup.freeze
    await 10 "... and asks" shows "Press Enter"
    stands
    echo 1 >$cgroups/user.slice/cgroup.freeze
    suspend 5
    echo 0 >$cgroups/user.slice/cgroup.freeze
    stands
    unlock
    answer "touch eight"
    await 5 "... its shell goes on" test -e /home/alice/eight
    logout
fi

if only 9; then
    echo "9. The machine suspended while the lock is being made"
    policy $'idle = "1h"\nwarn = []\nlock-for = "1h"'
    for round in 1 2 3 4; do
        login "nine-$round"
        # From before the first step to about the last one.
        /lapse/lapsectl lock "$id" >/dev/null &
        sleep "0.$((round * 2 - 2))"
        suspend 4
        await 10 "it is locked" happened locked 1
        await 10 "... and asks" shows "Press Enter"
        stands
        wait
        unlock
        logout
    done
fi

faults=$(log_line event=fault || true)
[ -z "$faults" ] || fail "the daemon reported: $faults"
pass "no fault was reported"
