# shellcheck shell=bash
# machine-checks.sh: how a machine of a test is asked, and what it is asked often. Who takes this
# defines `inside COMMAND...`, which runs a command on the machine, and `work`, a directory.
: "${work:?}"

fail() {
    echo "FAILED: $*" >&2
    inside journalctl --no-pager -o cat -u lapsed >&2 || cat "$work/pid1.out" >&2
    exit 1
}
pass() { echo "ok   $*"; }
# lines WORDS...: the lines of the daemon's journal with all the words.
lines() {
    local lines word
    lines=$(inside journalctl --no-pager -o cat -t lapsed)
    for word in "$@"; do lines=$(grep -F -- "$word" <<<"$lines") || return 1; done
    echo "$lines"
}
# log WORDS...: whether there is one.
log() { lines "$@" >/dev/null; }
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
# text WORDS NAME...: whether all these clients show the words.
text() {
    local name
    for name in "${@:2}"; do grep -aqF -- "$1" "$work/$name" || return 1; done
}
# Who keeps all processors busy does not delay it.
expect_share() {
    inside grep -q 'nice -10$' "/proc/$(property MainPID)/autogroup" ||
        fail "its autogroup has not the nice value of its unit"
    pass "its autogroup has the nice value of its unit"
}
gone() { ! kill -0 "$1"; }

# Of sessions: `id` is the one that is looked at, `group` the control group of its lock.
id='' group=''
log_line() { inside journalctl --no-pager -o cat -t lapsed | grep -F "$1"; }
# newest: makes `id` that of the session that was opened last, which is not `last`.
newest() {
    id=$(log_line event=opened | tail -n 1 | sed 's/.*session=\([a-z0-9]*\).*/\1/') &&
        [ "$id" != "${last:-}" ]
}
# count EVENT WORD: how many lines of that event the journal has with this word.
count() { inside journalctl --no-pager -o cat -t lapsed | grep -F "event=$1 " | grep -cF -- "$2" || true; }
happened() { [ "$(count "$1" "session=$id")" -ge "$2" ]; }
group_of() { inside sed -n 's/^0:://p' "/proc/$1/cgroup"; }
in_group() { [ "$(group_of "$1")" = "$2" ]; }
# Whether it has its place in the group of the lock.
is_held() { in_group "$1" "$group/$1"; }
# Lockers of the service manager's, and of the daemon's.
served() { inside pgrep -fx '/lapse/lapse-lock --served'; }
own() { inside pgrep -fx '/lapse/lapse-lock'; }
no_lockers() { ! served && ! own && ! inside pgrep -x lapse-lock; }
a_locker() { [ "$(served | wc -l)" -eq 1 ] && ! own && [[ $(group_of "$(served)") == */lapse-lock@* ]]; }
